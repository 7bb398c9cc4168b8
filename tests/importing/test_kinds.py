"""Each kind of source becomes passages with heading, address, source and licence."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from actions.answering.library import Library
from actions.answering.topic import Passage
from tests.importing.conftest import Import
from tests.importing.files import docx, pdf

Said = Callable[[], list[Passage]]

MEDQUAD = """<?xml version="1.0" encoding="UTF-8"?>
<Document id="1" source="NIDDK" url="https://health.example/gout">
<Focus>Gout</Focus>
<FocusAnnotations><UMLS><Synonyms><Synonym>Gouty arthritis</Synonym></Synonyms></UMLS></FocusAnnotations>
<QAPairs>
<QAPair pid="1"><Question qid="1" qtype="information">What is (are) Gout ?</Question>
<Answer>Gout is a painful swelling of a joint. It often begins in the big toe.</Answer></QAPair>
<QAPair pid="2"><Question qid="2" qtype="treatment">What are the treatments for Gout ?</Question><Answer/></QAPair>
</QAPairs></Document>
"""


def test_medquad_xml(tmp_path: Path, take: Import, library: Library, said: Said) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "1.xml").write_text(MEDQUAD)
    assert take("medquad", tmp_path).added == 1
    (topic,) = library.topics("en")
    (passage,) = topic.passages
    assert (topic.title, topic.aliases) == ("Gout", ("Gouty arthritis",))
    assert passage.heading == "What is Gout?"
    assert passage.text == "Gout is a painful swelling of a joint. It often begins in the big toe."
    assert (passage.url, passage.source, passage.licence) == (
        "https://health.example/gout",
        "MedQuAD, NIH",
        "CC BY 4.0",
    )
    assert passage.cited == "Gout (MedQuAD, NIH)"


def test_medquad_lines_of_one_file_are_one_topic(tmp_path: Path, take: Import, library: Library) -> None:
    rows = [
        {
            "question": f"What is (are) {what} of Gout ?",
            "focus": "Gout",
            "answer": f"This tells the {what}.",
            "file": "a",
        }
        for what in ("causes", "signs")
    ]
    path = tmp_path / "set.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    take("medquad", path)
    (topic,) = library.topics("en")
    assert [passage.heading for passage in topic.passages] == ["What is causes of Gout?", "What is signs of Gout?"]


def test_nhs_sections_keep_their_lists_whole(tmp_path: Path, take: Import, said: Said) -> None:
    page = {
        "condition": "Bloating",
        "self_care": ["drink water", "do not lie down", "You can ask a pharmacist about:", "peppermint"],
        "source_url": "https://nhs.example/bloating",
    }
    path = tmp_path / "pages.json"
    path.write_text(json.dumps([page]))
    take("nhs", path)
    (passage,) = said()
    assert passage.text == (
        "What you can do yourself about bloating: drink water; do not lie down. "
        "You can ask a pharmacist about: peppermint."
    )
    assert passage.licence.startswith("Contains public sector information")


def test_nhs_content_api(tmp_path: Path, take: Import, said: Said) -> None:
    page = {
        "name": "Bloating",
        "url": "https://nhs.example/bloating",
        "mainEntityOfPage": [
            {"headline": "Symptoms", "mainEntityOfPage": [{"text": "<p>Your tummy feels full.</p>"}]},
            {"headline": "Causes", "text": "<p>Causes include:</p><ul><li>gas</li><li>constipation</li></ul>"},
        ],
    }
    path = tmp_path / "page.json"
    path.write_text(json.dumps(page))
    take("nhs", path)
    assert [(one.heading, one.text) for one in said()] == [
        ("", "Your tummy feels full."),
        ("Causes", "Causes include: gas; constipation."),
    ]


def test_medlineplus_takes_the_languages_that_careline_speaks(tmp_path: Path, take: Import, library: Library) -> None:
    path = tmp_path / "topics.xml"
    path.write_text(
        '<health-topics><health-topic title="Asthma" id="1" language="English" url="https://m.example/asthma">'
        "<also-called>Bronchial asthma</also-called>"
        "<full-summary>&lt;h3&gt;What is asthma?&lt;/h3&gt;&lt;p&gt;Asthma narrows the airways.&lt;/p&gt;"
        "</full-summary>"
        '</health-topic><health-topic title="Asma" id="2" language="Spanish" url="https://m.example/asma">'
        "<full-summary>&lt;p&gt;El asma.&lt;/p&gt;</full-summary></health-topic></health-topics>"
    )
    assert take("medlineplus", path).read == 1
    (topic,) = library.topics("en")
    assert topic.aliases == ("Bronchial asthma",)
    assert [(one.heading, one.text) for one in topic.passages] == [("What is asthma?", "Asthma narrows the airways.")]


def test_faq_csv_in_both_languages(tmp_path: Path, take: Import, library: Library) -> None:
    path = tmp_path / "faq.csv"
    path.write_text(
        "Question,Answer,URL\n"
        '"What should I bring, and when?",Bring your card. Come at 8.,https://h.example/bring\n'
        "抽血前能喝水吗？,抽血前可以喝少量白水。,https://h.example/blood\n",
        encoding="utf-8-sig",
    )
    assert take("faq", path).added == 2
    (english,), (chinese,) = library.topics("en"), library.topics("zh")
    assert english.title == "What should I bring, and when?"
    assert english.passages[0].url == "https://h.example/bring"
    assert chinese.passages[0].text == "抽血前可以喝少量白水。"


def test_faq_xlsx(tmp_path: Path, take: Import, said: Said) -> None:
    book = openpyxl.Workbook()
    for row in (["问题", "答案", "来源"], ["食堂在哪里？", "食堂在二楼。", "后勤处"], [None, None, None]):
        book.active.append(row)
    path = tmp_path / "faq.xlsx"
    book.save(path)
    take("faq", path, licence="内部资料")
    (passage,) = said()
    assert (passage.text, passage.source, passage.licence) == ("食堂在二楼。", "后勤处", "内部资料")


LEAFLET = "After the operation\n\nDo not:\n\n- drive\n- drink alcohol. It thins the blood.\n\nRest for two days."
MEANT = "Do not: drive; drink alcohol; It thins the blood. Rest for two days."


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("leaflet.md", ("# Leaflet\n\n## " + LEAFLET).encode()),
        (
            "leaflet.html",
            b"<html><head><title>x</title></head><body><nav>Menu</nav><main><h1>Leaflet</h1>"
            b"<h2>After the operation</h2><p>Do not:</p>"
            b"<ul><li>drive</li><li>drink alcohol. It thins the blood.</li></ul>"
            b"<p>Rest for <b>two</b> days.</p></main><footer>Imprint</footer></body></html>",
        ),
        ("leaflet.docx", docx(LEAFLET)),
        ("leaflet.txt", LEAFLET.encode()),
        ("leaflet.pdf", pdf(["After the operation", "Do not:", "- drive", "- drink alcohol. It thins the", "blood.", "",
                             "Rest for two days."])),
    ],
)  # fmt: skip
def test_a_folder_of_leaflets(tmp_path: Path, take: Import, said: Said, name: str, content: bytes) -> None:
    (tmp_path / "surgery").mkdir()
    (tmp_path / "surgery" / name).write_bytes(content)
    assert take("folder", tmp_path, url="https://h.example/leaflets/").faults == []
    (passage,) = said()
    assert passage.title == "Leaflet"
    assert passage.heading == "After the operation"
    assert passage.text == MEANT
    assert passage.url == f"https://h.example/leaflets/surgery/{name}"
    assert passage.cited == "Leaflet (St Example)"


def test_front_matter_says_whose_a_page_is(tmp_path: Path, take: Import, said: Said) -> None:
    page = "---\ntitle: Wound care\nurl: https://w.example/\nlicence: CC0\nsource: Wound team\n---\nKeep it dry.\n"
    (tmp_path / "wound.md").write_text(page)
    take("folder", tmp_path)
    (passage,) = said()
    assert (passage.title, passage.url, passage.source, passage.licence) == (
        "Wound care", "https://w.example/", "Wound team", "CC0",
    )  # fmt: skip


def test_a_table_names_the_column_of_each_cell(tmp_path: Path, take: Import, said: Said) -> None:
    rows = "<tr><th>Age</th><th>Most per day</th></tr><tr><td>Adults</td><td>4 g</td></tr>"
    (tmp_path / "dose.html").write_text(f"<h1>Dose</h1><p>The doses are:</p><table>{rows}</table>")
    take("folder", tmp_path)
    assert [one.text for one in said()] == ["The doses are: Age: Adults, Most per day: 4 g."]


def test_a_long_list_is_introduced_in_every_part(tmp_path: Path, take: Import, said: Said) -> None:
    items = "".join(f"- eat the very long thing number {n} with all of its many other words\n" for n in range(20))
    (tmp_path / "long.md").write_text(f"# Diet\n\nNever:\n\n{items}")
    take("folder", tmp_path)
    passages = said()
    assert len(passages) > 1
    assert all(sentence.startswith("Never: ") for one in passages for sentence in one.sentences)


def test_office_files_that_only_lock_another_are_passed_over(tmp_path: Path, take: Import) -> None:
    (tmp_path / "~$leaflet.docx").write_bytes(io.BytesIO(b"lock").getvalue())
    (tmp_path / "a.md").write_text("One sentence.")
    assert take("folder", tmp_path).read == 1
