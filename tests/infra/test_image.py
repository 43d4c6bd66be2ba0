"""Rules of the container and of the start with PostgreSQL: each is turned red once by a text that breaks it.

No Docker runs here: what is tested is what the files say, and that the commands in them are garant's.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from container_files import Stage, read_dockerfile
from garant.api.serve import GRACE_SECONDS
from garant.decisions.postgresql import _DURABLE
from garant.settings import Settings

Services = dict[str, dict[str, Any]]

BUILD_TOOLS = (
    "pip",
    "pip3",
    "python3-pip",
    "python3-venv",
    "setuptools",
    "gcc",
    "g++",
    "make",
    "build-essential",
    "uv",
)
DEBIAN_BASE = re.compile(r"debian:[a-z]+-20\d{6}-slim")
EXACT_TAG = re.compile(r"[\w./-]+:\d+\.\d+(\.\d+)?-\w+|debian:[a-z]+-20\d{6}-slim")


# ---------------------------------------------------------------- rules of the Dockerfile: what is wrong, or nothing


def last(text: str) -> Stage:
    return read_dockerfile(text)[-1]


def several_stages(text: str) -> bool:
    stages = read_dockerfile(text)
    names = [stage.name for stage in stages]
    copied = [word for copy in stages[-1].all("COPY") for word in copy.text.split() if word.startswith("--from=")]
    return len(stages) > 1 and {word.removeprefix("--from=") for word in copied} == set(names[:-1])


def base_is_exact(text: str) -> bool:
    """A tag of one day; a digest would have to be verified first, and none is written down that was not."""
    images = {stage.image for stage in read_dockerfile(text)}
    return len(images) == 1 and all(DEBIAN_BASE.fullmatch(image) for image in images)


def runs_as_nobody_special(text: str) -> bool:
    user = last(text).last("USER")
    return user is not None and re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user.text) is not None


def ends_as_that_user(text: str) -> bool:
    """Nothing runs as root after the user was set, and the user that is named is the one that was made."""
    stage = last(text)
    names = [instruction.name for instruction in stage.instructions]
    made = [command for command in stage.commands if command[0] == "useradd"]
    user = stage.last("USER")
    return (
        user is not None
        and "RUN" not in names[names.index("USER") :]
        and len(made) == 1
        and made[0][made[0].index("--uid") + 1] == user.text.partition(":")[0]
    )


def is_checked_without_curl(text: str) -> bool:
    check = last(text).last("HEALTHCHECK")
    if check is None or "CMD" not in check.text:
        return False
    options, _, command = check.text.partition("CMD ")
    return command == '["python", "-m", "garant.api.alive"]' and {"--interval", "--timeout", "--start-period"} <= {
        option.partition("=")[0] for option in options.split()
    }


def has_no_build_tool(text: str) -> bool:
    """In the last stage nothing installs Python packages, and apt brings what runs alone."""
    stage = last(text)
    words = {word for command in stage.commands for word in command} | {
        Path(word).name for command in stage.commands for word in command
    }
    venvs = [command for command in read_dockerfile(text)[0].commands if command[-1] == "/opt/garant"]
    copied = [copy.text.split()[1:] for copy in stage.all("COPY")]
    return (
        not words & {*BUILD_TOOLS}
        and copied == [["/opt/garant", "/opt/garant"]]
        and venvs == [["python3", "-m", "venv", "--without-pip", "/opt/garant"]]
    )


def leaves_no_list_of_packages(text: str) -> bool:
    """In the same layer: a later one would not make the image smaller."""
    return all(
        ["rm", "-rf", "/var/lib/apt/lists/*"] in [command[:3] for command in run.commands]
        and ["apt-get", "install", "--yes", "--no-install-recommends"] in [command[:4] for command in run.commands]
        for stage in read_dockerfile(text)
        for run in stage.all("RUN")
        if "apt-get" in run.text
    )


def is_locked_by_hashes(text: str) -> bool:
    """Every package of a registry comes by a lock; what is built here asks no registry."""
    installs = [
        command
        for stage in read_dockerfile(text)
        for command in stage.commands
        if command[0].endswith("pip") and {"install", "wheel"} & {*command}
    ]
    locked = [command for command in installs if {"--require-hashes", "--only-binary=:all:"} <= {*command}]
    locks = {command[command.index("-r") + 1] for command in locked if "-r" in command}
    own = [command for command in installs if {"--no-deps", "--no-index"} <= {*command}]
    return len(locked) + len(own) == len(installs) and locks == {"requirements/build.txt", "requirements/serve.txt"}


def brings_what_runs_needs(text: str) -> bool:
    """OpenMP for LightGBM, time zones for pages, authorities for TLS: a slim Debian has none of them for certain."""
    return {"libgomp1", "tzdata", "ca-certificates", "python3"} <= {
        word for command in last(text).commands if command[0] == "apt-get" for word in command
    }


def writes_to_volumes_alone(text: str) -> bool:
    """With a read-only root: every variable that names a place to write to leads into a volume."""
    stage = last(text)
    volume = stage.last("VOLUME")
    volumes = (volume.words if volume else None) or []
    written = {stage.variables.get(name, "") for name in ("HOME", "GARANT_MASTER_KEY", "NUMBA_CACHE_DIR")}
    return volumes == ["/var/lib/garant", "/tmp"] and all(  # noqa: S108 - of the container
        place == "/var/lib/garant" or place.startswith("/var/lib/garant/") for place in written
    )


def fetches_nothing_by_itself(text: str) -> bool:
    return not any(stage.all("ADD") for stage in read_dockerfile(text)) and not re.search(
        r"https?://|\bcurl\b|\bwget\b", re.sub(r"^#.*", "", text, flags=re.MULTILINE)
    )


def holds_no_secret(text: str) -> bool:
    words = {
        word for stage in read_dockerfile(text) for word in [*stage.variables, *(a.text for a in stage.all("ARG"))]
    }
    return not any(re.search(r"SECRET|PASSWORD|TOKEN|KEY_TEXT|STORE_URL", word) for word in words)


def begins_by_itself(text: str) -> bool:
    """Without a shell between: a signal to stop reaches garant."""
    entry, command = last(text).last("ENTRYPOINT"), last(text).last("CMD")
    return (
        entry is not None
        and entry.words == ["garant"]
        and command is not None
        and (command.words or [""])[0] == "serve"
    )


DOCKER_RULES: dict[Callable[[str], bool], list[tuple[str, str]]] = {
    several_stages: [
        ("--from=build", "--from=other"),
        ("AS service", "AS service\nFROM debian:bookworm-20260803-slim"),
    ],
    base_is_exact: [
        ("bookworm-20260803-slim AS service", "bookworm-slim AS service"),
        ("debian:bookworm-20260803-slim AS build", "debian AS build"),
        ("bookworm-20260803-slim AS service", "latest AS service"),
        ("20260803-slim AS build", "20260803-slim@sha256:" + "0" * 64 + " AS build"),
    ],
    runs_as_nobody_special: [("USER 10001:10001\n", ""), ("USER 10001:10001", "USER root"), ("USER 10001", "USER 0")],
    ends_as_that_user: [("VOLUME [", "RUN id\nVOLUME ["), ("--uid 10001", "--uid 10002"), ("USER 10001", "USER 1000")],
    is_checked_without_curl: [
        ('["python", "-m", "garant.api.alive"]', "curl -f http://127.0.0.1:8000/healthz"),
        ("HEALTHCHECK", "# HEALTHCHECK"),
        ("--timeout=5s ", ""),
    ],
    has_no_build_tool: [
        ("ca-certificates libgomp1", "ca-certificates python3-pip libgomp1"),
        ("ca-certificates libgomp1", "gcc libgomp1"),
        (" --without-pip /opt/garant", " /opt/garant"),
        ("COPY --from=build /opt/garant /opt/garant", "COPY --from=build / /"),
        ("USER 10001", "RUN /opt/garant/bin/pip install x\nUSER 10001"),
    ],
    leaves_no_list_of_packages: [
        (" && rm -rf /var/lib/apt/lists/* /var/log/apt", " && rm -rf /var/log/apt"),
        (" && rm -rf /var/lib/apt/lists/*\nWORKDIR", "\nRUN rm -rf /var/lib/apt/lists/*\nWORKDIR"),
        ("--no-install-recommends ca", "ca"),
    ],
    is_locked_by_hashes: [
        ("--require-hashes --only-binary=:all: \\\n", "--only-binary=:all: \\\n"),
        ("-r requirements/serve.txt", "-r requirements/all.txt"),
        ("--no-deps --no-index wheels", "wheels"),
        ("--no-index --no-build-isolation", "--no-build-isolation"),
    ],
    brings_what_runs_needs: [(" libgomp1", ""), (" python3 tzdata", " python3")],
    writes_to_volumes_alone: [
        ('VOLUME ["/var/lib/garant", "/tmp"]', 'VOLUME ["/var/lib/garant"]'),
        ("HOME=/var/lib/garant ", "HOME=/root "),
        ("NUMBA_CACHE_DIR=/var/lib/garant/numba", "NUMBA_CACHE_DIR=/opt/garant/numba"),
        ("    NUMBA_CACHE_DIR=/var/lib/garant/numba \\\n", ""),
    ],
    fetches_nothing_by_itself: [
        ("COPY src src", "ADD https://example.org/src.tar src"),
        ("USER 10001", "RUN curl -O example.org/x\nUSER 10001"),
    ],
    holds_no_secret: [
        ("PYTHONUNBUFFERED=1", "PGPASSWORD=hush"),
        ("COPY src src", "ARG REGISTRY_TOKEN\nCOPY src src"),
    ],
    begins_by_itself: [('ENTRYPOINT ["garant"]', "ENTRYPOINT garant"), ('CMD ["serve"', 'CMD ["demo"')],
}


@pytest.fixture(scope="module")
def dockerfile(project: Path) -> str:
    return (project / "Dockerfile").read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", DOCKER_RULES, ids=lambda rule: rule.__name__)
def test_the_image_keeps_each_rule_and_a_broken_one_is_seen(rule: Callable[[str], bool], dockerfile: str) -> None:
    assert rule(dockerfile)
    for good, bad in DOCKER_RULES[rule]:
        planted = dockerfile.replace(good, bad)
        assert planted != dockerfile, f"{good!r} is not in the file any more"
        assert not rule(planted), f"{bad!r} was not seen"


def test_variables_of_the_image_are_settings(dockerfile: str) -> None:
    own = [name for name in last(dockerfile).variables if name.startswith("GARANT_")]
    assert own
    assert {name.removeprefix("GARANT_").lower() for name in own} <= {*Settings.model_fields}


def test_the_builder_is_sent_what_is_copied_and_nothing_else(project: Path, dockerfile: str) -> None:
    lines = (project / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    copied = {
        source.rstrip("/")
        for stage in read_dockerfile(dockerfile)
        for copy in stage.all("COPY")
        if "--from=" not in copy.text
        for source in copy.text.split()[:-1]
    }
    assert rules[0] == "*", "what is not named stays here: data, keys, history"
    assert {rule.removeprefix("!") for rule in rules[1:] if rule.startswith("!")} == copied
    assert all((project / source).exists() for source in copied)


# ---------------------------------------------------------------- rules of compose.yaml


def all_closed(services: Services) -> bool:
    return all(
        service.get("read_only") is True
        and service.get("cap_drop") == ["ALL"]
        and service.get("security_opt") == ["no-new-privileges:true"]
        and re.fullmatch(r"[1-9]\d+:[1-9]\d+", str(service.get("user"))) is not None
        and "privileged" not in service
        and any(mount.startswith("/tmp:") for mount in service["tmpfs"])  # noqa: S108 - of the container
        for service in services.values()
    )


def images_are_exact(services: Services) -> bool:
    return all("build" in service or EXACT_TAG.fullmatch(service["image"]) for service in services.values())


def only_loopback(services: Services) -> bool:
    """No port but that of the service, and for this machine alone."""
    ports = {name: service.get("ports", []) for name, service in services.items()}
    hosts = [str(port) for listed in ports.values() for port in listed]
    return (
        [name for name, listed in ports.items() if listed] == ["garant"]
        and all(re.fullmatch(r"127\.0\.0\.1:\d+:8000", host) for host in hosts)
        and not any("network_mode" in service for service in services.values())
    )


def secrets_are_files(services: Services) -> bool:
    """No password in a variable or a command, and nothing that would count when somebody forgets to say it."""
    text = yaml.safe_dump(services)
    values = [str(value) for service in services.values() for value in service.get("environment", {}).values()]
    named = {
        name: value
        for service in services.values()
        for name, value in service.get("environment", {}).items()
        if re.search(r"PASSWORD|SECRET|KEY|TOKEN", name)
    }
    return (
        not any(re.search(r"://[^/@]*:[^/@]*@", value) for value in values)
        and all(str(value).startswith("/run/secrets/") for value in named.values())
        and not re.search(r"\$\{\w+:?[-+]|\$\{\w+\}|\$\w", text)
        and services["garant"]["secrets"] == ["service_password", "tls_cert", "tls_key"]
        and "owner_password" not in services["garant"]["secrets"]
    )


def database_keeps_what_it_says(services: Services) -> bool:
    """What the service insists on stands in the command, so that no file of the volume says otherwise."""
    command = services["database"]["command"]
    said = dict(word.partition("=")[::2] for word in command if "=" in word)
    initdb = services["database"]["environment"]["POSTGRES_INITDB_ARGS"]
    return (
        command[0] == "postgres"
        and all(said.get(name) in allowed for name, allowed in _DURABLE.items())
        and "--data-checksums" in initdb
        and "--auth-host=scram-sha-256" in initdb
        and not any("trust" in str(value) for value in services["database"]["environment"].values())
    )


def each_begins_when_the_one_before_is_ready(services: Services) -> bool:
    migrate, garant = services["migrate"], services["garant"]
    conditions = {name: what["condition"] for name, what in garant["depends_on"].items()}
    return (
        migrate["depends_on"]["database"]["condition"] == "service_healthy"
        and conditions == {"database": "service_healthy", "migrate": "service_completed_successfully"}
        and services["database"]["healthcheck"]["test"][:3] == ["CMD", "pg_isready", "--host=127.0.0.1"]
        and garant["healthcheck"]["test"] == ["CMD", "python", "-m", "garant.api.alive"]
    )


def migrates_once(services: Services) -> bool:
    command = services["migrate"]["command"]
    return command[:2] == ["ledger", "migrate"] and "--only-new" in command and services["migrate"]["restart"] == "no"


def serves_with_less_than_the_owner(services: Services) -> bool:
    role = re.search(r"//(\w+)@", services["garant"]["environment"]["GARANT_STORE_URL"])
    owner = services["database"]["environment"]["POSTGRES_USER"]
    command = services["migrate"]["command"]
    return role is not None and role[1] != owner and command[command.index("--service-role") + 1] == role[1]


def state_is_in_volumes(services: Services) -> bool:
    garant, migrate = services["garant"]["volumes"], services["migrate"]["volumes"]
    binds = [mount for mount in garant if isinstance(mount, dict)]
    return (
        "state:/var/lib/garant" in garant
        and migrate == ["state:/var/lib/garant"]
        and services["database"]["volumes"] == ["records:/var/lib/postgresql/data"]
        and {mount["target"] for mount in binds} == {"/srv/model", "/etc/garant/garant.toml"}
        and all(mount["read_only"] is True and mount["bind"]["create_host_path"] is False for mount in binds)
    )


def has_time_to_finish(services: Services) -> bool:
    return int(services["garant"]["stop_grace_period"].removesuffix("s")) > GRACE_SECONDS


def is_bounded(services: Services) -> bool:
    return {"mem_limit", "pids_limit"} <= {*services["garant"]}


COMPOSE_RULES: dict[Callable[[Services], bool], list[tuple[str, str]]] = {
    all_closed: [
        ("x-closed: &closed\n  read_only: true", "x-closed: &closed\n  read_only: false"),
        ("cap_drop: [ALL]", "cap_drop: [NET_RAW]"),
        ("no-new-privileges:true", "no-new-privileges:false"),
        ('user: "10001:10001"', "user: root"),
        ('    user: "999:999"\n', ""),
        ('  tmpfs: ["/tmp:size=256m,mode=1777"]', "  tmpfs: []"),
        ("    shm_size", "    privileged: true\n    shm_size"),
    ],
    images_are_exact: [("postgres:17.11-bookworm", "postgres:17"), ("postgres:17.11-bookworm", "postgres:latest")],
    only_loopback: [
        ("127.0.0.1:8443:8000", "8443:8000"),
        ("127.0.0.1:8443:8000", "0.0.0.0:8443:8000"),
        ("    shm_size", '    ports: ["127.0.0.1:5432:5432"]\n    shm_size'),
        ("    networks: [records, outside]", "    network_mode: host"),
    ],
    secrets_are_files: [
        ("POSTGRES_PASSWORD_FILE: /run/secrets/owner_password", "POSTGRES_PASSWORD: garant"),
        ("POSTGRES_PASSWORD_FILE: /run/secrets/owner_password", "POSTGRES_PASSWORD_FILE: ./x"),
        ("POSTGRES_DB: garant", "POSTGRES_DB: ${DB:-garant}"),
        ("garant_service@database", "garant_service:hush@database"),
        ("secrets: [service_password, tls_cert", "secrets: [owner_password, service_password, tls_cert"),
    ],
    database_keeps_what_it_says: [
        ("synchronous_commit=on", "synchronous_commit=off"),
        (" -c, fsync=on,", ""),
        ("full_page_writes=on", "full_page_writes=off"),
        (" --data-checksums", ""),
        ("scram-sha-256", "trust"),
    ],
    each_begins_when_the_one_before_is_ready: [
        ("migrate: {condition: service_completed_successfully}", "migrate: {condition: service_started}"),
        ("--host=127.0.0.1, ", ""),
        ("test: [CMD, python, -m, garant.api.alive]", "test: [CMD, curl, -f, http://127.0.0.1:8000]"),
    ],
    migrates_once: [
        ('restart: "no"', "restart: always"),
        ("--only-new, ", ""),
        ("[ledger, migrate,", "[serve, migrate,"),
    ],
    serves_with_less_than_the_owner: [
        ("//garant_service@", "//garant@"),
        ("--service-role, garant_service", "--service-role, another"),
    ],
    state_is_in_volumes: [
        ("      - state:/var/lib/garant\n", ""),
        ("        read_only: true\n", "        read_only: false\n"),
        ("records:/var/lib/postgresql/data", "/srv/records:/var/lib/postgresql/data"),
    ],
    has_time_to_finish: [("stop_grace_period: 45s", "stop_grace_period: 10s")],
    is_bounded: [("    mem_limit: 4g\n", "")],
}


@pytest.fixture(scope="module")
def compose(project: Path) -> str:
    return (project / "compose.yaml").read_text(encoding="utf-8")


def services_of(text: str) -> Services:
    return yaml.safe_load(text)["services"]


@pytest.mark.parametrize("rule", COMPOSE_RULES, ids=lambda rule: rule.__name__)
def test_the_start_with_postgresql_keeps_each_rule_and_a_broken_one_is_seen(
    rule: Callable[[Services], bool], compose: str
) -> None:
    assert rule(services_of(compose))
    for good, bad in COMPOSE_RULES[rule]:
        planted = compose.replace(good, bad)
        assert planted != compose, f"{good!r} is not in the file any more"
        assert not rule(services_of(planted)), f"{bad!r} was not seen"


def test_volumes_networks_and_secrets_are_declared_and_used(compose: str) -> None:
    whole = yaml.safe_load(compose)
    used = {
        kind: {name for service in whole["services"].values() for name in service.get(kind, [])}
        for kind in ("networks", "secrets")
    }
    assert used["networks"] == {*whole["networks"]}
    assert used["secrets"] == {*whole["secrets"]}
    assert whole["networks"]["records"] == {"internal": True}, "the database is reached by nobody else"
    assert all(secret == {"file": f"./secrets/{name}"} for name, secret in whole["secrets"].items())
    assert "/secrets/" in (Path(__file__).parents[2] / ".gitignore").read_text("utf-8").splitlines()


def test_variables_of_the_services_are_settings(compose: str) -> None:
    own = {
        name
        for service in services_of(compose).values()
        for name in service.get("environment", {})
        if name.startswith("GARANT_")
    }
    assert {name.removeprefix("GARANT_").lower() for name in own} <= {*Settings.model_fields}


@pytest.mark.parametrize("of", ["Dockerfile", "migrate", "garant"])
def test_commands_of_both_files_are_understood(of: str, dockerfile: str, compose: str, tmp_path: Path) -> None:
    """Each word is one of the command's: it goes wrong later, for want of a database or of a bundle."""
    image = last(dockerfile).last("CMD")
    words = (image.words if image else None) or []
    if of != "Dockerfile":
        words = services_of(compose)[of]["command"]
    (tmp_path / "password").write_text("p")
    own = [
        word.replace("/run/secrets/service_password", str(tmp_path / "password")).replace("/srv/model", str(tmp_path))
        for word in words
    ]
    variables = {
        **os.environ,
        "GARANT_STORE_URL": "postgresql://garant@127.0.0.1:1/garant",
        "GARANT_MASTER_KEY": str(tmp_path / "master.key"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "garant", *own], env=variables, capture_output=True, text=True, check=False, cwd=tmp_path
    )
    expected = "Record store" if of == "migrate" else "others reach this address"
    assert expected in done.stderr, done.stderr
    assert done.returncode == (3 if of == "migrate" else 2)
