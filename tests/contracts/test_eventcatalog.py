"""The export for EventCatalog: every event, service, channel and flow, read by that tool's own linter."""

import json
from pathlib import Path

import pytest
from tests.support import node

from hub_contracts import EVENTS
from hub_contracts.documents.flows import FLOWS
from hub_contracts.eventcatalog import files, main


def lint(folder: Path) -> tuple[int, str]:
    """The exit code and the words of EventCatalog's own linter."""
    told = json.loads(node.run("published_node", "check_eventcatalog.mjs", b"", str(folder)))
    return told["code"], told["said"]


def test_its_linter_finds_nothing_and_notices_a_message_that_does_not_exist(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 0
    code, said = lint(tmp_path)
    assert code == 0, said
    page = tmp_path / "services" / "reporting" / "index.mdx"
    page.write_text(page.read_text("utf-8").replace('"id": "MessageSent"', '"id": "MessageDreamt"'), "utf-8")
    code, said = lint(tmp_path)
    assert code != 0
    assert "MessageDreamt" in said


def test_every_event_flow_and_service_has_its_page() -> None:
    made = files("1.2.3")
    for key, event in EVENTS.items():
        folder = f"services/{event.publisher}/events/{key}"
        assert json.loads(made[f"{folder}/schema.json"])["title"] == event.type
        assert f"Subject: `{event.about}`" in made[f"{folder}/index.mdx"]
    assert {f"flows/{flow.name}/index.mdx" for flow in FLOWS} <= made.keys()
    assert 'version: "1.2.3"' in made["services/visits/index.mdx"]


def test_a_page_has_no_brace_or_angle_that_mdx_would_read_as_code() -> None:
    for name, text in files("1.2.3").items():
        if name.endswith(".mdx"):
            body = text.split("---\n", 2)[2]
            outside = "".join(body.split("```")[::2])  # without samples
            words = "".join(outside.split("`")[::2])  # without code
            for tag in ("<NodeGraph />", '<SchemaViewer file="schema.json" />'):
                words = words.replace(tag, "")
            assert not set("{}<") & set(words), name


def test_a_second_export_replaces_the_first_and_names_what_is_not_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 0
    (tmp_path / "flows" / "visits" / "index.mdx").write_text("by hand")
    mine = tmp_path / "services" / "visits" / "changelog.mdx"
    mine.write_text("ours")
    capsys.readouterr()
    assert main([str(tmp_path)]) == 0
    assert "not of this export: services/visits/changelog.mdx" in capsys.readouterr().out
    assert mine.read_text() == "ours"
    assert (tmp_path / "flows" / "visits" / "index.mdx").read_text("utf-8") == files("0.1.0")[
        "flows/visits/index.mdx"
    ]


def test_a_folder_that_is_a_file_and_a_release_that_is_none_are_refused_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "file"
    path.write_text("")
    assert main([str(path)]) == 1
    assert f"Cannot write to {path}: " in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([str(tmp_path), "--release", "today"])
    assert "--release today: three numbers are needed, such as 1.2.3" in capsys.readouterr().err
