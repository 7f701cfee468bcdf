"""Who is asked after whom: what two publishers carry must not depend on which is faster."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from debtcycle.sources.steps import Question
from debtcycle.update.workers import lanes_of

QUESTIONS = st.lists(
    st.builds(
        Question,
        publisher=st.sampled_from("abcdef"),
        name=st.uuids().map(str),
        series=st.lists(st.sampled_from("stuvwxyz"), min_size=1, max_size=3).map(tuple),
    ),
    max_size=20,
)


@given(QUESTIONS)
def test_each_question_is_in_one_lane_and_a_series_too(questions):
    lanes = lanes_of(questions)
    every = [item for lane in lanes for part in lane for item in part]
    assert sorted(item.name for item in every) == sorted(item.name for item in questions)
    for seen in ("publisher", "series"):
        where = [
            {name for part in lane for item in part for name in _names(item, seen)}
            for lane in lanes
        ]
        assert sum(map(len, where)) == len(set().union(*where))
    # Within a publisher the order is that of the plan: months of a file come one after the other.
    for lane in lanes:
        for part in lane:
            assert [item.name for item in part] == [
                item.name for item in questions if item.publisher == part[0].publisher
            ]


def _names(question: Question, kind: str) -> tuple[str, ...]:
    return question.series if kind == "series" else (question.publisher,)
