// Writes gen/api.d.ts: the shapes of the API's answers as TypeScript, from the document that the server gives.
// `npm run check` runs it first, so that a script that reads a field which no answer has does not compile.
import { compile } from "json-schema-to-typescript";
import { mkdir, readFile, writeFile } from "node:fs/promises";

const text = await readFile(new URL("../docs/openapi.json", import.meta.url), "utf8");
const { components } = JSON.parse(text.replaceAll("#/components/schemas/", "#/definitions/"));
const names = Object.keys(components.schemas);
const everything = {
  type: "object",
  additionalProperties: false,
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, { $ref: `#/definitions/${name}` }])),
  definitions: components.schemas,
};
const types = await compile(everything, "Schemas", { additionalProperties: false, format: false });
const folder = new URL("gen/", import.meta.url);
await mkdir(folder, { recursive: true });
await writeFile(new URL("api.d.ts", folder), types);
