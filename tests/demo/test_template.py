"""Widgets' markup filled without Gradio, as Gradio fills it."""

import pytest

from demo.site.template import render


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("<p>plain</p>", "<p>plain</p>"),
        ("{{name}}", "a &lt;b&gt; &amp; &quot;c&quot;"),
        ("{{#each digits}}<i>{{this}}</i>{{/each}}", "<i>0</i><i>1</i>"),
        ("{{#each ends}}{{this.id}}:{{#each ../digits}}{{../id}}{{this}} {{/each}}{{/each}}", "s:s0 s1 e:e0 e1 "),
        ("{{#each none}}{{this}}{{/each}}after", "after"),
        ("{{#each none}}{{#each this}}{{this}}{{/each}}{{/each}}{{#each digits}}{{this}}{{/each}}", "01"),
    ],
)
def test_values_and_lists_are_filled_in(template: str, filled: str) -> None:
    values = {"name": 'a <b> & "c"', "digits": [0, 1], "ends": [{"id": "s"}, {"id": "e"}], "none": []}
    assert render(template, values) == filled


@pytest.mark.parametrize("template", ["{{#if x}}a{{/if}}", "{{> part}}", "{{#each x}}never ends"])
def test_other_tags_are_refused(template: str) -> None:
    with pytest.raises(ValueError, match="in the markup"):
        render(template, {"x": [1]})
