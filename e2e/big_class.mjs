// A class as big as they come: a course of the demonstration school, with pupils of other classes enrolled as well.
import assert from "node:assert/strict";

async function send(client, method, address, body) {
  const answer = await fetch(client.base + address, {
    method, headers: { authorization: `Bearer ${client.token}`, ...(body && { "content-type": "application/json" }) }, body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${address}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

/** The course of a class in a subject, with this many pupils and this many drafts that hold nothing. */
export async function bigClass(admin, { name = "Class 3", subject = "mathematics", pupils, drafts }) {
  const course = await admin.course(name, subject);
  const { items: classes } = await admin.get("/api/v1/classes?limit=200");
  const book = await admin.gradebook(course.id);
  const inside = new Set(book.students.map((one) => one.id));
  const term = (await admin.get("/api/v1/terms?limit=200")).items.find((one) => one.id === course.term.id);
  for (const other of classes.filter((one) => one.id !== course.class.id)) {
    const { items } = await admin.get(`/api/v1/classes/${other.id}/students?limit=200`);
    for (const item of items) {
      const { id } = item.student ?? item;
      if (inside.size >= pupils || inside.has(id)) continue;
      await send(admin, "PUT", `/api/v1/classes/${course.class.id}/students/${id}`, { starts_on: term.starts_on });
      inside.add(id);
    }
  }
  assert.equal(inside.size, pupils, "the demonstration school has enough pupils");
  const added = [];
  for (let n = 0; n < drafts; n++) {
    added.push(await send(admin, "POST", `/api/v1/courses/${course.id}/assessments`, { title: `Quiz ${n + 1}`, max_score: 100, date: term.starts_on }));
  }
  return { id: course.id, columns: added.map((one) => one.id) };
}
