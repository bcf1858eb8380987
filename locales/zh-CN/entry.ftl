# 不用表格、逐行录入一项考核的成绩。
entry-title = 按列表录入
entry-states = 核对与发布
entry-full = 满分 { $max }
entry-nobody = 这个班级还没有学生
entry-elsewhere = 无需录入：当日不在本班
entry-codes = 填写分数，或在旁边选择缺考、免考、未交。按回车到下一名学生。清空分数即为未录入。
entry-status-value = 分数
entry-status-of = { $name } 的状态
entry-save = 保存
entry-save-hint = 只保存改动过的成绩。
entry-saved = { $count ->
    [0] 没有改动。
   *[other] 已保存 { $count } 个成绩。
}
entry-not-all = 已保存 { $saved } 个，{ $left } 个没有保存，见下方标出的成绩。
entry-both = 既有分数又有状态。请只留一个。
entry-needs-reason = 学生已看到这个成绩：请在下方填写原因。
entry-reason-hint = 修改学生已看到的成绩时必须填写；首次录入不需要。
entry-conflict = { $name } 已将成绩改为 { $now }。再次保存会用你的成绩替换；要保留对方的，请改回 { $now }。
entry-conflict-nobody = 成绩已被改为 { $now }。再次保存会用你的成绩替换；要保留它，请改回 { $now }。
entry-without-script = 可在以下页面按列表录入：
