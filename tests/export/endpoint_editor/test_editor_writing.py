"""The editor in a real browser over a real server: writing, with completion and colours."""

from typing import Any

import pytest

from citeweave.graph.named import named

ODD = "a\tb 🐸 \"open ' <x> ?a<?b&&?c>?d \\ '''\n\n'' # c\u2028d"


def test_tab_takes_a_property_and_the_keyboard_moves_in_the_list(editor: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    editor.write("SELECT ?paper { ?paper ")
    editor.keys("cw:intr")
    assert editor.options() == ["cw:introduces"]
    assert editor.text("#options li small").startswith("The paper presents the entity as new and its own.")
    editor.keys(Keys.TAB)
    assert editor.query == "SELECT ?paper { ?paper cw:introduces"
    assert editor.options() == []
    editor.keys(" ", "cw:stud", Keys.ESCAPE)
    assert editor.options() == []
    editor.write("SELECT ?paper { ?paper cw:")
    editor.keys("e")
    offered = editor.options()
    assert {"cw:extends", "cw:evaluatesOn", "cw:evaluatedOn"} <= set(offered)
    chosen = "return document.getElementById(document.getElementById('query').getAttribute('aria-activedescendant'))"
    editor.keys(Keys.ARROW_DOWN)
    assert editor.js(chosen + ".firstChild.textContent") == offered[1]
    editor.keys(Keys.ARROW_UP, Keys.ARROW_UP)
    assert editor.js(chosen + ".firstChild.textContent") == offered[-1]
    editor.keys(Keys.ENTER)
    assert editor.query == "SELECT ?paper { ?paper " + offered[-1]


def test_variables_of_the_query_are_completed_and_not_the_one_being_typed(editor: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    editor.write("SELECT ?paper ?péché { ?paper dcterms:title ")
    editor.keys("?p")
    assert editor.options() == ["?paper", "?péché"]
    editor.keys(Keys.ARROW_DOWN, Keys.TAB)
    assert editor.query.endswith("dcterms:title ?péché")
    editor.write("SELECT ")
    editor.keys("?new")
    assert editor.options() == []


def test_ctrl_space_offers_terms_prefixes_and_variables_and_the_mouse_takes_one(editor: Any) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    def ask() -> None:
        ActionChains(editor.browser.driver).key_down(Keys.CONTROL).send_keys(" ").key_up(Keys.CONTROL).perform()

    editor.write("SELECT ?paper { ?paper ")
    ask()
    assert editor.options()[0] == "?paper"
    assert any(option.startswith("cw:") for option in editor.options())
    editor.write("SELECT ?paper { ?paper dcter")
    ask()
    assert "dcterms:" in editor.options()
    row = editor.js(
        "return [...document.querySelectorAll('#options li')].find(x => x.firstChild.textContent === 'dcterms:')"
    )
    ActionChains(editor.browser.driver).move_to_element(row).click().perform()
    assert editor.query == "SELECT ?paper { ?paper dcterms:"
    assert editor.js("return document.activeElement.id") == "query"


@pytest.mark.parametrize("inside", ['"cw:intr', "# cw:intr", "<cw:intr", "'''\ncw:intr"])
def test_nothing_is_offered_within_strings_comments_and_iris(editor: Any, inside: str) -> None:
    editor.write(f"SELECT ?paper {{ ?paper {inside[:-1]}")
    editor.keys(inside[-1])
    assert editor.options() == []


def test_terms_of_others_are_completed_with_what_they_mean_here(editor: Any) -> None:
    editor.write("SELECT ?paper { ?paper ")
    editor.keys("dcterms:tit")
    assert editor.options() == ["dcterms:title"]
    assert editor.text("#options li small").startswith("A paper's title, or that of the scheme")


def test_keywords_complete_and_a_whole_word_closes_the_list(editor: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    editor.write("SELECT ?x { ?x a cw:Model } ")
    editor.keys("ORD")
    assert "ORDER" in editor.options()
    editor.keys("ER")
    assert editor.options() == []
    editor.keys(" BY", Keys.ENTER)
    assert editor.query.endswith("ORDER BY\n")


def test_tab_without_a_list_moves_on_and_undo_takes_a_completion_back(editor: Any) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    editor.write("SELECT ?p { ?p ")
    editor.keys("cw:intr", Keys.TAB)
    assert editor.query.endswith("cw:introduces")
    ActionChains(editor.browser.driver).key_down(Keys.CONTROL).send_keys("z").key_up(Keys.CONTROL).perform()
    assert editor.query.endswith("cw:intr")
    editor.keys(Keys.ESCAPE, Keys.TAB)
    assert editor.js("return document.activeElement.id") == "run"


def test_the_coloured_copy_says_what_the_text_says(editor: Any) -> None:
    same = (
        "const a = document.getElementById('query'), p = document.getElementById('paint');"
        "a.value = arguments[0]; a.dispatchEvent(new Event('input'));"
        "return [p.textContent === a.value + '\\n', a.scrollWidth <= a.clientWidth, a.clientHeight === p.clientHeight]"
    )
    for text in (*(q.text for q in named()), ODD, "", "\n\n", "<<( ?a 'c'@en-GB )>>"):
        assert editor.js(same, text) == [True, True, True], text


def test_colours_tell_kinds_apart(editor: Any) -> None:
    editor.write("SELECT ?x { ?x a cw:Model ; rdfs:label 'b'@en , 3.5 , <urn:x> } # why")
    kinds = dict(
        editor.js("return [...document.querySelectorAll('#paint span')].map(s => [s.textContent, s.className])")
    )
    assert kinds["SELECT"] == kinds["a"] == "keyword"
    assert (kinds["?x"], kinds["cw:Model"], kinds["'b'"], kinds["@en"]) == ("variable", "name", "string", "language")
    assert (kinds["3.5"], kinds["<urn:x>"], kinds["# why"]) == ("number", "iri", "comment")
