"""What must hold whatever befalls, judged by the machine's truth."""

from collections.abc import Callable, Iterator, Mapping

from chaos import rules_of_commands as commands
from chaos import rules_of_words as words
from chaos.book import Book

RULES: Mapping[str, Callable[[Book], Iterator[str]]] = {
    one.__name__: one
    for one in (
        commands.s1_no_speed_above_the_lock,
        commands.s2_nothing_moves_without_a_fresh_arm,
        commands.s2_one_start_for_one_permission,
        commands.s3_stop_asked_is_sent_at_once,
        commands.s3_stops_are_repeated,
        commands.s3_a_belt_that_does_not_stop_is_told_of,
        commands.s4_silence_is_answered_by_stop,
        commands.s5_over_speed_is_answered_by_stop,
        commands.s6_the_console_is_never_fought,
        words.s5_no_lock_that_truth_denies,
        words.s5_nobody_is_left_on_a_belt_that_is_too_fast,
        words.s7_nobody_is_asked_onto_a_belt_off_its_lock,
        words.s8_a_lost_link_is_an_emergency,
        words.s8_standing_is_said_of_standing_belts,
        words.s8_belt_stopped_is_said_of_standing_belts,
        words.s8_a_session_ends_with_a_standing_belt_or_with_a_warning,
        words.it_ends,
        words.the_latch_is_set_before_the_belt_moves,
        words.the_program_does_not_fail,
        words.replay_is_the_session,
        words.nothing_follows_the_end,
    )
}


def judge(book: Book) -> dict[str, str]:
    """The first complaint under each rule that does not hold."""
    found = {name: next(rule(book), None) for name, rule in RULES.items()}
    return {name: complaint for name, complaint in found.items() if complaint is not None}
