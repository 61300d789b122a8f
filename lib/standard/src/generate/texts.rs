//! Invented texts, with what makes reading them hard: quotes, commas, line breaks, half-width kana, characters whose
//! second byte is a backslash or a bar (表, ソ, 予, ポ), and those that only MS932 has (①, ㈱, Ⅱ, ～, 髙, 﨑).

/// Results of an assessment, in the words of the person and the family.
pub(crate) const ASSESSMENTS: [&str; 6] = [
    "本人：自宅で暮らし続けたい。\r\n家族：日中の見守りがほしい。",
    "足腰が弱り、外出が減っている。人と話す機会がほしい。",
    "転倒への不安がある。\"無理をしない\"ことを家族と確かめた。",
    "食事と入浴に手助けがいる, 他は自分でできる。",
    "①ポータブルトイレを使う\n②夜間は長女（髙例）が付き添う\n③服薬は一包化、見守りが要る",
    "「表に出て、ソファで予定表を見るのが楽しみ」と話す。ﾃﾞｲｻｰﾋﾞｽは週2回まで。",
];
/// Overall policies.
pub(crate) const POLICIES: [&str; 4] = [
    "できることを続けながら、安全に暮らせるよう支える。",
    "週の予定を整え、心身の力を保つ。",
    "家族の負担を減らし、急変時は主治医に連絡する。\r\n連絡先：見本病院, 仮名診療所",
    "Ⅱ型糖尿病の食事に気を付け、体重を月1回測る（目標：50㎏）。",
];
/// Need, long-term goal, short-term goal.
pub(crate) const NEEDS: [(&str, &str, &str); 5] = [
    (
        "家の中を安全に歩きたい",
        "一人で玄関まで歩ける",
        "手すりを使って歩ける",
    ),
    ("人と話す機会がほしい", "週に2回外出する", "通いの場に慣れる"),
    ("清潔を保ちたい", "一人で入浴できる", "見守りで入浴できる"),
    (
        "食事をおいしく食べたい",
        "献立を自分で決める",
        "昼食を残さず食べる",
    ),
    (
        "\"自分のこと\"は自分で決めたい",
        "予定を自分で立てる",
        "暦に予定を書く, 家族と見る",
    ),
];
/// What is done.
pub(crate) const CONTENTS: [&str; 6] = [
    "歩行の訓練、体操",
    "入浴の介助（着替え, 洗髪を含む）",
    "買い物と調理の手伝い",
    "健康状態の確認\r\n・血圧、体温\r\n・服薬",
    "福祉用具の点検",
    "話し相手、趣味の会への付き添い",
];
/// How often.
pub(crate) const FREQUENCIES: [&str; 5] = ["週2回", "週1～2回", "毎日", "月1回", "随時"];
/// Help that the insurance does not cover.
pub(crate) const INFORMAL: [&str; 4] = ["家族", "民生委員", "近所の友人", "㈱見本配食サービス"];
/// Reasons for help with housework.
pub(crate) const HOUSEWORK: [&str; 2] = ["同居の家族が日中不在", "家族に持病があり, 家事が難しい"];
/// Daily activities, with minutes after midnight.
pub(crate) const ACTIVITIES: [(&str, u64, u64); 5] = [
    ("起床、朝食", 420, 480),
    ("昼食、\"お昼寝\"", 720, 810),
    ("散歩", 900, 930),
    ("夕食, ﾃﾚﾋﾞ", 1_080, 1_140),
    ("就寝", 1_260, 1_320),
];
/// What is not weekly.
pub(crate) const NON_WEEKLY: [&str; 4] = [
    "月1回の通院",
    "福祉用具貸与（手すり）",
    "短期入所 月3～5日",
    "年2回の歯科検診",
];
/// Names of offices.
pub(crate) const OFFICES: [&str; 7] = [
    "見本サービス事業所",
    "ケアステーション表",
    "㈱架空介護センター",
    "ﾃﾞｲｻｰﾋﾞｽ髙例",
    "ソーシャルケア予見",
    "仮名の家　第Ⅱ事業所",
    "訪問ポート﨑",
];
/// Illnesses.
pub(crate) const ILLNESSES: [&str; 5] = [
    "高血圧症",
    "変形性膝関節症（右, 左）",
    "Ⅱ型糖尿病",
    "脳梗塞後遺症",
    "\"骨粗鬆症\"",
];
/// Remarks of all sorts.
pub(crate) const REMARKS: [&str; 6] = [
    "特になし",
    "膝に痛みがあるが、杖で歩く。",
    "長女が週末に訪問する, 平日は一人。",
    "農家に生まれ、\"表具師\"として60歳まで働く。\r\n退職後は俳句の会に通う。",
    "ﾗｼﾞｵ体操を欠かさない。",
    "近所付き合いは多い。①町内会 ②老人会 ③畑",
];
/// Relations.
pub(crate) const RELATIONS: [&str; 5] = ["長女", "長男", "妻", "夫", "甥"];
