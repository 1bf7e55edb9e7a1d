"""Every fault, attack and bad input that the autograder must survive, and the tests that do each for real.

A row without a test fails, and so does a test that is named here and is no more. `*` stands for all tests of a file.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
SLIM, INTAKE, HANDIN = "classroom/test_slim.py", "classroom/test_intake.py", "classroom/test_handin.py"
REBUILD, GRADE, OUTPUTS = "classroom/test_rebuild.py", "classroom/test_grade.py", "classroom/test_outputs.py"
KILL, BOOK, HOSTILE = "classroom/test_kill.py", "classroom/test_gradebook_faults.py", "classroom/test_hostile_handins.py"
FAULTS, WORLD, FENCE = "engine/test_faults.py", "engine/test_world.py", "engine/test_fence.py"
ATTACKS, CHANNEL, JUDGE, POOL = (
    "engine/test_attacks.py",
    "engine/test_channel.py",
    "classroom/test_judge.py",
    "engine/test_pool.py",
)

ROWS: dict[tuple[int, str], dict[str, str]] = {
    (1, "empty, truncated, [], absurdly deep"): {
        SLIM: "what_is_no_notebook_is_refused_in_words any_bytes_are_read_or_refused",
        GRADE: "no_file_stops_the_batch",
    },
    (2, "BOM, latin-1"): {SLIM: "byte_order_marks_are_read latin_1_is_read_with_a_note"},
    (3, "format 3, or of the future"): {SLIM: "format_3_is_converted formats_of_the_future_are_read_with_a_note"},
    (4, "metadata stripped"): {
        REBUILD: "stripped_metadata_is_rebuilt a_stripped_answer_with_another_name_is_known_by_its_place"
    },
    (5, "cells duplicated"): {
        REBUILD: "a_duplicated_check_counts_once two_different_answers_are_flagged_and_the_last_counts",
        "classroom/test_stock.py": "the_engine_marks_both_tracks stock_autograde_gives_the_same_scores",
    },
    (6, "check deleted, edited, moved"): {
        REBUILD: "a_changed_check_is_restored an_edited_check_is_flagged deleted_cells_come_back "
        "whatever_was_done_to_the_cells_the_result_is_canonical"
    },
    (7, "wrong kernel, renamed, both tracks"): {
        REBUILD: "the_kernel_is_forced",
        INTAKE: "a_renamed_notebook_is_known_by_its_content both_tracks_in_one_hand_in_are_told_apart "
        "the_other_tracks_notebook_is_refused_with_its_place two_that_differ_are_a_persons_choice",
    },
    (8, "300 MB of outputs, giant pictures"): {
        SLIM: "a_large_file_is_read_in_a_bounded_child outputs_attachments_and_widgets_are_dropped",
        HANDIN: "what_is_too_large_is_refused_unread",
        OUTPUTS: "a_picture_of_absurd_size_is_dropped floods_are_cut",
    },
    (9, "endless loop, catches everything"): {
        FAULTS: "endless_cells_are_killed_within_their_limit an_endless_answer_costs_only_its_own_exercise",
        WORLD: "cells_that_use_up_everything_take_nothing_from_the_checks_above_them",
    },
    (10, "fork bomb, memory bomb, disk filler, flood"): {
        FAULTS: "a_memory_bomb_is_an_error_of_its_cell memory_of_all_processes_together_is_limited a_fork_bomb_is_stopped "
        "output_floods_are_cut a_disk_filler_gets_an_error"
    },
    (11, "exit, os._exit, segmentation fault"): {
        FAULTS: "a_crash_is_said_and_the_rest_is_run killing_itself_or_all_it_can_reach_hurts_only_itself",
        WORLD: "a_process_that_dies_in_a_probe_finds_the_same_names_again",
    },
    (12, "processes that outlive their cell"): {
        FAULTS: "nothing_outlives_a_submission unfenced_runs_keep_the_same_promises",
        POOL: "a_killed_grader_leaves_no_process_behind",
    },
    (13, "kill -9 of the grader"): {
        KILL: "*",
        GRADE: "a_killed_run_goes_on_to_the_same_gradebook a_damaged_record_is_run_again",
    },
    (14, "two graders at once"): {
        KILL: "the_real_command_killed_twice_and_two_at_once",
        GRADE: "two_graders_do_not_work_at_once",
    },
    (15, "gradebook locked, corrupt, disk full"): {
        BOOK: "a_gradebook_that_is_locked_for_a_while_is_waited_for a_gradebook_that_stays_locked_stops_the_run_in_words "
        "a_damaged_gradebook_stops_the_run_and_is_left_as_it_is a_full_disk_stops_the_run_and_nothing_is_lost "
        "a_lock_that_comes_while_marks_are_written_costs_no_mark",
        GRADE: "a_lost_gradebook_is_filled_again_from_the_records when_nbgrader_cannot_write_the_mark_waits",
    },
    (16, "a regrade fails"): {
        BOOK: "a_regrade_without_a_working_engine_keeps_the_old_mark_and_says_so "
        "a_broken_new_hand_in_keeps_the_old_mark_and_says_so",
        GRADE: "a_failed_regrade_keeps_the_old_mark_and_says_so",
    },
    (17, "links, pipes, devices, zips, names"): {
        HOSTILE: "links_devices_archives_and_names_reach_nothing_outside",
        HANDIN: "*",
        INTAKE: "a_zip_is_never_unpacked names_in_reasons_show_what_is_invisible",
        ATTACKS: "symlinks_and_odd_names_in_the_scratch_touch_nothing_outside",
        POOL: "removing_a_scratch_changes_nothing_outside_it",
    },
    (18, "torch.py beside the notebook"): {
        INTAKE: "files_that_shadow_modules_do_not_come_along",
        FENCE: "files_beside_the_notebook_cannot_stand_in_for_a_package",
    },
    (19, "patched helpers, transformers, __eq__"): {
        ATTACKS: "a_patched_shell_and_patched_probes_only_change_what_the_student_says "
        "nothing_but_the_questions_is_in_the_students_memory a_question_holds_inputs_only",
        "engine/test_probes.py": "a_student_who_returns_the_graders_own_forms_gains_nothing",
    },
    (20, "reading or writing the class"): {
        FENCE: "no_attack_of_the_doctor_gets_through neither_solutions_nor_the_grader_can_be_seen",
        ATTACKS: "attacks_from_inside_the_fence_reach_nothing descriptors_of_the_parent_are_not_inherited",
    },
    (21, "network, localhost, metadata address"): {
        WORLD: "no_service_of_this_machine_or_any_other_can_be_reached",
        FENCE: "no_attack_of_the_doctor_gets_through",
    },
    (22, "forged results, pipe written"): {
        CHANNEL: "a_forged_answer_is_noticed_or_means_nothing speaking_out_of_turn_is_noticed "
        "closing_every_descriptor_costs_only_the_process reading_the_requests_gives_nothing_that_helps"
    },
    (23, "pickles handed in"): {"core/test_codec.py": "*", CHANNEL: "malformed_messages_are_refused"},
    (24, "scripts in outputs"): {
        GRADE: "scripts_reach_nobody",
        OUTPUTS: "what_a_browser_could_run_is_dropped",
        "classroom/test_stock.py": "no_script_is_in_what_instructor_and_student_read",
    },
    (25, "hidden cases in feedback"): {
        WORLD: "nothing_of_a_hidden_case_is_in_any_output",
        HOSTILE: "nothing_that_the_students_side_says_of_a_case_is_repeated_to_the_student "
        "an_error_class_named_after_a_hidden_input_is_not_shown what_a_function_kept_of_a_hidden_case_is_printed_nowhere",
        JUDGE: "what_a_student_reads_shows_no_hidden_value",
    },
    (26, "warnings on stderr"): {
        GRADE: "stderr_prints_and_errors_elsewhere_cost_nothing",
        "engine/test_cells.py": "warnings_show_and_cost_nothing",
        "classroom/test_stock.py": "stock_autograde_gives_the_same_scores",
    },
    (27, "scores that are none"): {JUDGE: "points_that_are_no_points_are_an_authors_error"},
    (28, "empty, wrong shape, NaN"): {JUDGE: "odd_values_get_nothing_and_a_reason", "core/test_compare.py": "*"},
    (29, "input()"): {
        "engine/test_cells.py": "input_says_clearly_that_nobody_answers",
        GRADE: "input_in_an_answer_is_explained",
        "classroom/test_stock.py": "input_is_refused_with_the_same_words_as_in_the_notebook",
    },
    (30, "no fence possible"): {
        FENCE: "a_fence_that_cannot_be_put_up_is_a_refusal_with_its_reason unfenced_is_only_ever_asked_for",
        GRADE: "without_a_fence_nothing_runs_and_it_is_said_once",
    },
    (31, "GPU absent"): {
        WORLD: "without_a_gpu_what_asks_politely_works_and_what_insists_gets_a_reason without_a_gpu_tensorflow_works_too"
    },
    (32, "CSV formulas"): {"classroom/test_tables.py": "formulas_are_disarmed"},
    (33, "clock set back"): {
        WORLD: "a_clock_that_jumps_while_cells_run_changes_no_limit "
        "the_engine_measures_with_a_clock_that_nobody_can_set a_student_cannot_set_the_clock",
        HANDIN: "the_time_of_receipt_is_the_systems_not_the_students",
        "classroom/test_clock.py": "*",
    },
    (34, "public cases looked up"): {
        GRADE: "looking_up_the_public_cases_gets_nothing",
        JUDGE: "fresh_cases_are_not_the_public_ones_and_depend_on_the_secret",
    },
    (35, "right in an unforeseen way"): {"lessons/test_lessons.py": "*"},
}
PAIRS = [(number, file) for (number, _), files in ROWS.items() for file in files]


@cache
def names_of(file: str) -> set[str]:
    """Names of a file's tests, without `test_`."""
    body = ast.parse((TESTS / file).read_text(encoding="utf-8")).body
    return {f.name.removeprefix("test_") for f in body if isinstance(f, ast.FunctionDef) and f.name.startswith("test_")}


def test_every_row_is_there_once() -> None:
    assert [number for number, _ in ROWS] == list(range(1, 36))
    assert all(ROWS.values())


@pytest.mark.parametrize(("number", "file"), PAIRS, ids=str)
def test_every_row_has_tests(number: int, file: str) -> None:
    """What is named is there, under this very name."""
    found = names_of(file)
    names = next(files for (row, _), files in ROWS.items() if row == number)[file].split()
    assert found
    missing = [name for name in names if name != "*" and name not in found]
    assert not missing, f"row {number}: {file} has no {', '.join(missing)}"
