"""The files that build and run containers are what their tools accept; no engine runs here."""

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.front.machine import ROOT, Done, environment, run

BIN = Path(sys.executable).parent
MANIFESTS = sorted((ROOT / "deploy" / "kubernetes").glob("*.yaml"))
DOCUMENTS = [path for path in MANIFESTS if path.name != "kustomization.yaml"]
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yaml"))


def check(program: str, *args: str | Path) -> Done:
    command = [BIN / program, *args]
    return run(command, cwd=ROOT, env=environment(BIN, home=ROOT))


@pytest.mark.parametrize("name", ["Dockerfile", "deploy/sftp/Dockerfile"])
def test_hadolint_finds_no_fault(name: str) -> None:
    done = check("hadolint", name)

    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("compose-spec", [ROOT / "compose.yaml"]),
        ("github-workflows", WORKFLOWS),
        ("github-issue-forms", [path for path in FORMS if path.name != "config.yml"]),
        ("github-issue-config", [path for path in FORMS if path.name == "config.yml"]),
    ],
)
def test_a_file_has_the_form_that_its_reader_expects(schema: str, files: list[Path]) -> None:
    done = check("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files)

    assert files
    assert done.returncode == 0, done.stdout


def test_kubernetes_knows_every_field() -> None:
    done = check("kubernetes-validate", "--strict", "--no-warn", *DOCUMENTS)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("passed") + done.stderr.count("passed") == 5


@pytest.mark.parametrize("name", ["cronjob.yaml", "keys.yaml"])
def test_every_container_is_locked_and_mounts_volumes_that_its_pod_has(name: str) -> None:
    pod = pod_of(yaml.safe_load((ROOT / "deploy" / "kubernetes" / name).read_text()))
    volumes = {volume["name"] for volume in pod["volumes"]}

    for container in [*pod.get("initContainers", ()), *pod["containers"]]:
        assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert pod["securityContext"]["runAsNonRoot"] is True


@pytest.mark.parametrize(
    ("name", "context", "ignored"),
    [
        ("Dockerfile", "", ".dockerignore"),
        ("deploy/sftp/Dockerfile", "deploy", "deploy/sftp/Dockerfile.dockerignore"),
    ],
)
def test_an_image_copies_all_that_its_context_lets_through(
    name: str, context: str, ignored: str
) -> None:
    lines = (ROOT / name).read_text().splitlines()
    copies = [line.split()[1:-1] for line in lines if line.startswith("COPY ")]
    copied = {name for names in copies if "--from=build" not in names for name in names}
    allowed = (ROOT / ignored).read_text().splitlines()

    assert copied == {line[1:] for line in allowed if line.startswith("!")}
    assert [each for each in copied if not (ROOT / context / each).exists()] == []


def pod_of(document: Any) -> Any:
    spec = document["spec"]
    return (spec["jobTemplate"]["spec"] if "jobTemplate" in spec else spec)["template"]["spec"]
