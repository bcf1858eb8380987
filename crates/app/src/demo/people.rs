//! The invented people of the demonstration school, and their invented results.

use gradebook_domain::{Points, Score};

/// Classes of the one grade level.
pub(super) const CLASSES: usize = 3;
/// Pupils of a class.
pub(super) const PUPILS: usize = 40;

const FAMILY_NAMES: [&str; 20] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林",
    "何", "郭", "马", "罗",
];
const GIVEN_NAMES: [&str; 27] = [
    "雨桐", "浩然", "子涵", "思远", "欣怡", "梓轩", "诗涵", "宇航", "佳琪", "明哲", "若曦", "俊杰",
    "语嫣", "天佑", "晓彤", "博文", "静怡", "一鸣", "可馨", "泽宇", "婉清", "文博", "心悦", "嘉懿",
    "沐阳", "书瑶", "安然",
];
const FIRST_NAMES: [&str; 20] = [
    "Amelia", "Oliver", "Sophie", "Noah", "Grace", "Ethan", "Chloe", "Lucas", "Ruby", "Henry",
    "Isla", "Leo", "Hannah", "Samuel", "Alice", "Daniel", "Freya", "Adam", "Clara", "Felix",
];
const LAST_NAMES: [&str; 13] = [
    "Clarke", "Bennett", "Hughes", "Foster", "Marsh", "Palmer", "Reid", "Walsh", "Barker",
    "Ellison", "Norwood", "Thorne", "Whitlock",
];

/// The name of a pupil, both counted from 0. Two of three have Chinese names.
pub(super) fn pupil_name(class: usize, pupil: usize) -> String {
    let nth = class * PUPILS + pupil;
    // The lengths of the two lists have no common factor, so no pair comes twice.
    let pick = |list: &[&'static str]| list.get(nth % list.len()).copied().unwrap_or_default();
    if nth % 3 == 1 {
        format!("{} {}", pick(&FIRST_NAMES), pick(&LAST_NAMES).to_owned())
    } else {
        format!("{}{}", pick(&FAMILY_NAMES), pick(&GIVEN_NAMES))
    }
}

/// The student number of a pupil: year of entry, grade level, class, place in the class.
pub(super) fn pupil_number(class: usize, pupil: usize) -> String {
    format!("202607{:02}{:02}", class + 1, pupil + 1)
}

/// Well-mixed bits that depend on nothing but the numbers given (SplitMix64).
fn mixed(numbers: [usize; 4]) -> u64 {
    numbers
        .into_iter()
        .fold(0x9E37_79B9_7F4A_7C15, |state, number| {
            let mut bits = state ^ (number as u64).wrapping_add(0x9E37_79B9_7F4A_7C15);
            bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            bits ^ (bits >> 31)
        })
}

/// About bell-shaped between 0 and four times `step`.
fn bell(bits: u64, step: u64) -> u64 {
    (0..4)
        .map(|nth| (bits >> (nth * 16) & 0xFFFF) % (step + 1))
        .sum()
}

/// What a pupil got in a subject at an exam, of 100 points in halves; a few were not there.
pub(super) fn result(class: usize, pupil: usize, subject: usize, exam: usize) -> Score {
    let luck = mixed([class, pupil, subject, exam + 1]);
    // The first pupil of each class is the one that people try: no gap there.
    match luck % 120 {
        _ if pupil == 0 => {}
        0 => return Score::Absent,
        1 => return Score::Excused,
        2 => return Score::Missing,
        _ => {}
    }
    // Half points: who is good at one subject is mostly good at the others.
    let ability = bell(mixed([class, pupil, 0, 0]), 20);
    let talent = bell(mixed([class, pupil, subject, 0]), 10);
    let day = bell(luck, 6);
    let halves = (62 + ability + talent + day).min(200);
    Score::Scored(Points::from_ten_thousandths(
        i64::try_from(halves).unwrap_or(0) * (Points::SCALE / 2),
    ))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn everybody() -> impl Iterator<Item = (usize, usize)> {
        (0..CLASSES).flat_map(|class| (0..PUPILS).map(move |pupil| (class, pupil)))
    }

    #[test]
    fn no_name_and_no_number_comes_twice() {
        let names: HashSet<_> = everybody().map(|(c, p)| pupil_name(c, p)).collect();
        let numbers: HashSet<_> = everybody().map(|(c, p)| pupil_number(c, p)).collect();
        assert_eq!((names.len(), numbers.len()), (120, 120));
        assert_eq!(pupil_name(0, 0), "王雨桐");
        assert_eq!(pupil_number(2, 39), "2026070340");
    }

    #[test]
    fn results_look_like_those_of_a_school() {
        let results: Vec<Score> = everybody()
            .flat_map(|(c, p)| (0..3).map(move |s| result(c, p, s, 0)))
            .collect();
        let values: Vec<Points> = results.iter().filter_map(|score| score.value()).collect();
        let mean = gradebook_domain::mean(&values).unwrap().rounded().fixed();
        assert!(("65".to_owned().."85".to_owned()).contains(&mean), "{mean}");
        let special = results.len() - values.len();
        assert!((3..20).contains(&special), "{special} without a value");
        let full = Points::from_whole(100).unwrap();
        assert!(values.iter().all(|value| *value <= full));
        assert!(values.iter().collect::<HashSet<_>>().len() > 40);
    }
}
