"""Packs from hand to hand: built, installed, found, upgraded, removed; nothing of them is run on the way."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from ecslab.content import installed
from ecslab.content.archives import pack_up
from ecslab.content.packs import find, load
from ecslab.lab.session import Session
from ecslab.terms.problems import Problem

LAB = "labs/keep-the-light-on"


def test_the_same_pack_gives_the_same_bytes(starter, tmp_path) -> None:
    copy = load(shutil.copytree(starter.root, tmp_path / "elsewhere"))
    for path in copy.root.rglob("*"):
        path.touch()
    assert pack_up(copy) == pack_up(starter)
    assert pack_up(starter)[0] == "harbour-0.1.0.tar.gz"


def test_built_and_installed_it_is_the_same_pack(starter, tmp_path, ecslab) -> None:
    status, out, _ = ecslab("pack", "build", starter.root, "--out", tmp_path / "out", "--json")
    built = json.loads(out)
    assert status == 0
    assert (tmp_path / "out/harbour-0.1.0.tar.gz.sha256").read_text().split()[0] == built["sha256"]
    assert ecslab("pack", "install", built["path"])[0] == 0
    assert pack_up(find("harbour")) == pack_up(starter)
    script = installed.place("harbour") / LAB / "solution/cli.sh"
    assert script.stat().st_mode & 0o100


def test_what_is_not_part_of_a_pack_stays_at_home(starter, ecslab) -> None:
    (starter.root / ".git").mkdir()
    (starter.root / ".git/config").write_text("secret")
    (starter.root / "notes.txt").write_text("mine")
    (starter.root / "README.md").write_text("# Harbour\n")
    assert ecslab("pack", "install", starter.root)[0] == 0
    names = {path.name for path in installed.place("harbour").iterdir()}
    assert names == {"pack.yaml", "README.md", "lessons", "quizzes", "labs"}


def test_an_installed_pack_is_listed_with_its_labs(starter, ecslab) -> None:
    ecslab("pack", "install", starter.root)
    packs = json.loads(ecslab("pack", "list", "--json")[1])
    assert [(pack["name"], pack["version"]) for pack in packs] == [
        ("amazon-ecs", "0.1.0"),
        ("harbour", "0.1.0"),
    ]
    assert packs[1]["path"] == str(installed.place("harbour"))
    labs = json.loads(ecslab("lab", "list", "--json")[1])
    assert "keep-the-light-on" in [lab["id"] for lab in labs]
    assert "Keep the light on" in ecslab("lab", "show", "keep-the-light-on")[1]


def test_an_upgrade_takes_the_place_of_the_version_before(starter, changed, ecslab) -> None:
    ecslab("pack", "install", starter.root)
    (starter.root / LAB / "files/README.md").unlink()
    changed("pack.yaml", "version: 0.1.0", "version: 0.2.0")
    assert ecslab("pack", "install", starter.root)[0] == 0
    assert find("harbour").manifest.version == "0.2.0"
    assert not (installed.place("harbour") / LAB / "files/README.md").exists()
    assert installed.names() == ["harbour"]
    assert [path.name for path in installed.directory().iterdir()] == ["harbour"]


def test_an_upgrade_says_what_is_different(starter, changed, ecslab) -> None:
    ecslab("pack", "install", starter.root)
    changed("pack.yaml", "version: 0.1.0", "version: 0.2.0")
    report = json.loads(ecslab("pack", "install", starter.root, "--json")[1])
    assert (report["before"], report["changed"]) == ("0.1.0", [])
    changed("quizzes/services.yaml", "title: ", "title: More ")
    changed(f"{LAB}/lab.yaml", "minutes: 5", "minutes: 6")
    changed("pack.yaml", "version: 0.2.0", "version: 0.3.0")
    out = ecslab("pack", "install", starter.root)[1]
    assert (
        "It takes the place of 0.2.0: new or changed: labs/keep-the-light-on, quizzes/services; "
        "all else is as it was, and so is what was learned of it.\n" in out
    )


def test_an_attempt_goes_on_after_an_upgrade_unless_its_lab_has_changed(starter, changed, ecslab) -> None:
    ecslab("pack", "install", starter.root)
    Session.start("keep-the-light-on", seed=1)
    changed("quizzes/services.yaml", "title: ", "title: More ")
    ecslab("pack", "install", starter.root)
    assert Session.start("keep-the-light-on").seed == 1
    changed(f"{LAB}/lab.yaml", "minutes: 5", "minutes: 6")
    ecslab("pack", "install", starter.root)
    with pytest.raises(Problem, match=r"another one since this attempt began.*--fresh"):
        Session.start("keep-the-light-on")
    assert Session.start("keep-the-light-on", seed=2, fresh=True).lab.minutes == 6


# --- other sources --------------------------------------------------------------------------------


def git(folder: Path, *words: str) -> None:
    own = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *own, *words], cwd=folder, check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")
def test_from_a_git_repository_at_a_tag_and_as_a_checkout(starter, changed, ecslab) -> None:
    root = starter.root
    git(root, "init")
    git(root, "add", ".")
    git(root, "commit", "-m", "first")
    git(root, "tag", "v1")
    changed("pack.yaml", "version: 0.1.0", "version: 0.2.0")
    git(root, "commit", "-am", "second")
    assert ecslab("pack", "install", f"git+file://{root}@v1")[0] == 0
    assert find("harbour").manifest.version == "0.1.0"
    assert ecslab("pack", "install", f"git+file://{root}")[0] == 0
    assert find("harbour").manifest.version == "0.2.0"
    assert not (installed.place("harbour") / ".git").exists()
    assert ecslab("pack", "install", root)[0] == 0
    status, _, err = ecslab("pack", "install", f"git+file://{root}@v9")
    assert status == 3
    assert err.startswith(f"ecslab: git cannot fetch file://{root}: ") and err.count("\n") == 1


def test_from_a_python_package_without_importing_it(starter, tmp_path, monkeypatch, ecslab) -> None:
    site = tmp_path / "site"
    shutil.copytree(starter.root, site / "harbour_course" / "pack")
    (site / "harbour_course/__init__.py").write_text("raise SystemExit('imported')\n")
    about = site / "harbour_course-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: harbour-course\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[ecslab.packs]\nharbour = harbour_course.pack\nhull = nothing.here\n"
    )
    monkeypatch.syspath_prepend(site)
    monkeypatch.chdir(tmp_path / "site")
    assert ecslab("pack", "install", "harbour")[0] == 0
    assert find("harbour").root == installed.place("harbour")
    assert ecslab("pack", "install", "harbur") == (
        2, "", "ecslab: there is no harbur; did you mean 'harbour'?\n"
    )  # fmt: skip
    assert ecslab("pack", "install", "hull")[2] == (
        "ecslab: the package that brings hull has no folder nothing.here; tell its authors\n"
    )


def test_a_broken_pack_changes_nothing(starter, changed, ecslab) -> None:
    ecslab("pack", "install", starter.root)
    changed("pack.yaml", "version: 0.1.0", "version: 0.2.0")
    changed(f"{LAB}/lab.yaml", "minutes: 5", "minutes: soon")
    status, _, err = ecslab("pack", "install", starter.root)
    assert status == 1
    assert err == (
        f"ecslab: the pack cannot be read: {LAB}/lab.yaml:6: 'minutes': 'soon' is not a whole number; "
        "write a whole number\n"
    )
    assert find("harbour").manifest.version == "0.1.0"


def test_a_pack_has_a_name_and_labs_of_its_own(starter, changed, ecslab) -> None:
    changed("pack.yaml", "name: harbour", "name: amazon-ecs")
    assert "amazon-ecs is the built-in pack" in ecslab("pack", "install", starter.root)[2]
    changed("pack.yaml", "name: amazon-ecs", "name: first")
    ecslab("pack", "install", starter.root)
    changed("pack.yaml", "name: first", "name: second")
    status, _, err = ecslab("pack", "install", starter.root)
    assert status == 1
    assert "the lab 'keep-the-light-on' is in the pack first already; rename it, or remove first" in err


def test_removed_it_is_gone(starter, ecslab) -> None:
    ecslab("pack", "install", starter.root)
    assert ecslab("pack", "remove", "harbour")[0] == 0
    assert installed.names() == []
    status, _, err = ecslab("pack", "remove", "harbour")
    assert (status, err) == (2, "ecslab: no pack 'harbour' is installed; none is\n")
    assert ecslab("pack", "remove", "amazon-ecs")[0] == 2
    assert ecslab("pack", "remove", "../home")[0] == 2


def test_installing_listing_and_linting_run_nothing(starter, changed, tmp_path, ecslab) -> None:
    """The pack's scripts would leave a mark."""
    mark = tmp_path / "mark"
    for name in ("cli.sh", "boto3.py"):
        (starter.root / LAB / "solution" / name).write_text(f"open({str(mark)!r}, 'w')\ntouch {mark}\n")
    changed(f"{LAB}/lab.yaml", "    cli: [aws ecs delete", f"    cli: [touch {mark}, aws ecs delete")
    for words in (("lint", starter.root), ("build", starter.root, "--out", tmp_path / "out")):
        assert ecslab("pack", *words)[0] == 0
    assert ecslab("pack", "install", starter.root)[0] == 0
    assert ecslab("pack", "list")[0] == 0
    assert ecslab("lab", "list")[0] == 0
    assert not mark.exists()


def test_a_lab_of_an_installed_pack_is_started_by_its_id_alone(starter, ecslab) -> None:
    ecslab("pack", "install", starter.root)
    started = Session.start("keep-the-light-on", seed=1)
    assert started.about.pack == str(installed.place("harbour"))
    assert started.lab.title == Session.resume("keep-the-light-on").lab.title == "Keep the light on"
    assert (started.workspace / "README.md").is_file()
