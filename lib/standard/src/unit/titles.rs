//! What the units are, in words an office uses.

/// What the unit with this id is, in Japanese and English; nothing for an id that is none.
pub fn titles(id: &str) -> Option<(&'static str, &'static str)> {
    // Both editions name the units of care alike.
    let unit = match id.strip_prefix("C3-") {
        Some(rest) => &format!("C-{rest}"),
        None => id,
    };
    TITLES
        .iter()
        .find(|(known, ..)| *known == unit)
        .map(|(_, ja, en)| (*ja, *en))
}

const TITLES: &[(&str, &str, &str)] = &[
    ("C-plan", "居宅サービス計画書", "care plan"),
    (
        "C-usage",
        "サービス利用票の予定（第6表・第7表）",
        "planned services (tables 6 and 7)",
    ),
    (
        "C-plan_delete",
        "居宅サービス計画書の削除",
        "withdrawal of a care plan",
    ),
    (
        "C-usage_delete",
        "サービス利用票の予定の削除",
        "withdrawal of planned services",
    ),
    (
        "C-results",
        "サービス利用票の実績（第6表）",
        "services provided (table 6)",
    ),
    (
        "C-results_delete",
        "サービス利用票の実績の削除",
        "withdrawal of services provided",
    ),
    (
        "P-1_basic",
        "介護予防：利用者基本情報",
        "prevention: basic information of the user",
    ),
    (
        "P-2_plan_basic",
        "介護予防：サービス・支援計画書と利用者基本情報",
        "prevention: support plan and basic information",
    ),
    (
        "P-3_plan",
        "介護予防：サービス・支援計画書",
        "prevention: support plan",
    ),
    (
        "P-4_usage",
        "介護予防：サービス利用票の予定（第6表・第7表）",
        "prevention: planned services (tables 6 and 7)",
    ),
    (
        "P-5_basic_delete",
        "介護予防：利用者基本情報の削除",
        "prevention: withdrawal of basic information",
    ),
    (
        "P-6_plan_delete",
        "介護予防：サービス・支援計画書の削除",
        "prevention: withdrawal of a support plan",
    ),
    (
        "P-7_usage_delete",
        "介護予防：サービス利用票の予定の削除",
        "prevention: withdrawal of planned services",
    ),
    (
        "P-8_results",
        "介護予防：サービス利用票の実績（第6表）",
        "prevention: services provided (table 6)",
    ),
    (
        "P-9_results_delete",
        "介護予防：サービス利用票の実績の削除",
        "prevention: withdrawal of services provided",
    ),
];

#[cfg(test)]
mod tests {
    use super::super::defs::DEFS;
    use super::*;

    #[test]
    fn every_unit_has_its_words_and_every_words_their_unit() {
        for def in DEFS.iter() {
            assert!(titles(def.id).is_some(), "{}", def.id);
        }
        for (id, ..) in TITLES {
            assert!(DEFS.iter().any(|def| def.id == *id), "{id}");
        }
        assert_eq!(titles("C3-plan"), titles("C-plan"));
        assert_eq!(titles("?"), None);
    }
}
