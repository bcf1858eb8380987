#!/usr/bin/env python3
"""Checks docker-compose.yml for what its schema cannot say. scripts/test runs it; it needs PyYAML.

Every reference must have its declaration, nothing may be published beyond this machine by default,
no secret may stand in the file, and every service must run with as few rights as it can.
"""

import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
DEFAULT = re.compile(r"\$\{[A-Z0-9_]+:-([^}]*)\}")


def with_defaults(text):
    """The text as compose reads it when no variable is set."""
    return DEFAULT.sub(r"\1", str(text))


def names(value):
    """Compose writes references as a list or as a mapping."""
    return list(value or [])


def check(compose, root=ROOT):
    problems = []
    services = compose["services"]

    def expect(condition, message):
        if not condition:
            problems.append(message)

    for name, service in services.items():
        def say(condition, message, name=name):
            expect(condition, f"service {name}: {message}")

        image = with_defaults(service.get("image", ""))
        say(":" in image and not image.endswith(":latest"), f"image {image!r} has no fixed tag")
        say(service.get("cap_drop") == ["ALL"], "keeps capabilities")
        say("no-new-privileges:true" in service.get("security_opt", []), "may gain privileges")
        say("privileged" not in service, "is privileged")
        say("stop_grace_period" in service, "is killed after ten seconds")
        say(service.get("restart") in ("unless-stopped", "no"), "has no restart policy")
        if image.startswith(("gradebook:", "caddy:")):
            say(service.get("read_only") is True, "can write to its root file system")
        if image.startswith("gradebook:"):
            say("healthcheck" in service, "has no health check")
            say("DATABASE_URL_FILE" in service["environment"], "does not read its database URL from a file")
            say("gradebook-data:/data" in service.get("volumes", []), "does not share the signing keys")
        for port in service.get("ports", []):
            say(with_defaults(port).startswith("127.0.0.1:"), f"publishes {port!r} beyond this machine")
        for variable, value in service.get("environment", {}).items():
            secret = re.search(r"PASSWORD|SECRET|TOKEN|DATABASE_URL", variable)
            say(not secret or variable.endswith("_FILE"), f"{variable} holds a secret")
            if variable.endswith("_FILE"):
                say(Path(value).name in names(service.get("secrets")), f"{variable} names no secret of the service")
        for secret in names(service.get("secrets")):
            say(secret in compose["secrets"], f"secret {secret} is not declared")
        for network in names(service.get("networks")):
            say(network in compose["networks"], f"network {network} is not declared")
        for other in names(service.get("depends_on")):
            say(other in services, f"depends on {other}, which is not there")
            condition = service["depends_on"][other].get("condition")
            say(condition != "service_healthy" or "healthcheck" in services[other], f"{other} has no health check")
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                say((root / source).exists(), f"mounts {source}, which is not there")
            else:
                say(source in compose["volumes"], f"volume {source} is not declared")

    for name, secret in compose["secrets"].items():
        expect(secret["file"].startswith("./secrets/"), f"secret {name} is kept outside ./secrets")
    expect(compose["networks"]["backend"].get("internal") is True, "the database's network is not internal")
    expect("ports" not in services["mysql"], "MySQL is published")
    expect(services["mysql"]["networks"] == ["backend"], "MySQL is on another network than the backend")

    # The proxy that is trusted is the proxy that there is.
    trusted = with_defaults(services["gradebook"]["environment"]["GRADEBOOK_TRUSTED_PROXIES"])
    address = services["proxy"]["networks"]["frontend"]["ipv4_address"]
    expect(trusted == f"{address}/32", f"trusts {trusted}, but the proxy is {address}")
    return problems


def main():
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    problems = check(compose)
    for problem in problems:
        print(f"docker-compose.yml: {problem}", file=sys.stderr)
    if not problems:
        print(f"docker-compose.yml: {len(compose['services'])} services hold what is asked of them")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
