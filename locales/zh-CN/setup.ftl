# 学校设置：管理总览、学期、科目、班级、课程、考试。
overview-title = 管理
overview-lead = 先建立学校，再查看录入情况。
overview-people = 人员
overview-school = 学校
overview-grades = 成绩
overview-users = 用户
overview-users-lead = 学生、教师和管理员的账号：添加、修改、停用、重置密码。
overview-slips = 密码条
overview-slips-lead = 打印并发放一个班级的初始密码。

change-term-changed = 修改学期
change-term-closed = 关闭学期
change-term-reopened = 重新开放学期
change-exam-changed = 修改考试
change-exam-course-removed = 从考试中移除课程
change-subject-changed = 修改科目
change-class-changed = 修改班级
change-enrolment-ended = 离开班级
change-enrolment-changed = 更正在班日期

overview-terms = 学期
overview-terms-lead = 起止日期、全年权重，关闭和重新开放学期。
overview-subjects = 科目
overview-subjects-lead = 所教科目的中英文名称和常用满分。
overview-classes = 班级
overview-classes-lead = 谁在哪个班、从何时到何时；转班和升级。
overview-courses = 课程
overview-courses-lead = 一个班级一学期的一门科目，以及任课教师。
overview-exams = 考试
overview-exams-lead = 一次为多个班级安排期中、期末和月考。

setup-saved = 已保存。
setup-exists = 已有同名的一项。
setup-reason-required = 请说明原因：学生已能看到本学期的成绩。
setup-reason-wrong = 原因最多 1,000 个字符，且须可见。
setup-term-closed = 本学期已关闭。请先重新开放。
setup-state-already = 刚才已有人做过这一步。页面显示的是现在的状态。
setup-not-empty = 该课程在此考试中已有成绩或已发布，不能移除。
setup-days = { $from }至{ $to }
setup-term = 学期
setup-show = 显示

fault-empty = 请填写。
fault-too-long = 最多 { $most } 个字符。
fault-characters = 含有不能使用的字符，如换行或空格。
fault-date = 请填写日期，如 2026-09-01。
fault-number = 请填写数字，最多四位小数。
fault-choice = 请选择一项。
fault-ends-before-start = 最后一天早于第一天。
fault-overlaps = 同一学年的{ $name }为 { $from }至{ $to }。同一学年的学期不能重叠。
fault-unknown = 此项已不存在，请重新选择。
fault-twice = 重复了。
fault-has-courses = 该班级已有课程，不能改学年。
fault-other-year = 班级与学年不一致。
fault-other-term = 该课程属于另一学期。
fault-not-a-student = 该账号不是学生。
fault-before-joining = 该生自{ $day }起在班。请填写当天或之后的日期。
fault-has-scores = 该生在{ $term }（{ $day }开始）已有成绩，须保留在该学期。请填写当天或之后的日期。
fault-is-there = 该生自{ $day }起已在该班。
fault-has-left = 该生已于{ $day }离开本班。
fault-same-class = 该生已在此班。
fault-too-many = 一次最多 { $most } 个。
fault-term-begins = 该班的{ $term }于{ $day }开始。请填写更晚的日期。
fault-teacher-unknown = 没有这个用户名。
fault-teacher-role = 该账号不是教师。
fault-teacher-disabled = 该账号已停用。

terms-title = 学期
terms-lead = 学年由学期组成。学期开放时可录入成绩。
terms-none = 还没有学期
terms-none-lead = 先添加第一个学期。
term-open = 开放
term-weighs = 占全年 { $weight }%
term-added = 学期已添加。
term-add-title = 添加学期
term-add = 添加学期
term-year = 学年
term-year-hint = 例如 2026-2027。
term-name = 名称
term-name-hint = 例如“上学期”“下学期”。
term-first-day = 第一天
term-last-day = 最后一天
term-weight = 全年权重（%）
term-weight-hint = 两个学期各为 50。
term-rank = 向学生显示的名次
term-rank-hidden = 不显示
term-rank-bands = 只显示等级，不显示名次
term-rank-hint = 选择等级时，学生看到自己考试总分在班内所处的四分之一：优、良、及格、待提高。只比较已发布的科目，且至少有十人可比时才显示。
term-why = 修改权重的原因
term-why-hint = 仅在修改权重时需要：学生已能看到本学期的成绩。
term-fact-courses = 课程
term-fact-exams = 考试
term-fact-drafts = 草稿
term-fact-published = 已发布
term-fact-locked = 已锁定
term-close-title = 关闭学期
term-close-locks = { $count ->
    [0] 没有已发布的考核，不会锁定任何一项。
   *[other] { $count } 项已发布的考核将被锁定，学生仍可看到。
}
term-close-drafts = { $count ->
    [0] 没有草稿。
   *[other] { $count } 项草稿学生仍看不到，也不能再发布。
}
term-close-scores = 不能再添加成绩、课程和考试。管理员说明原因后可以重新开放。
term-close-confirm = 我了解关闭学期的后果。
term-close-unconfirmed = 请勾选后再关闭。
term-close = 关闭学期
term-now-closed = 学期已关闭，锁定了 { $count } 项考核。
term-reopen-title = 重新开放学期
term-reopen-unlocks = { $count ->
    [0] 关闭时没有锁定考核，不会解锁任何一项。
   *[other] 关闭时锁定的 { $count } 项考核将被解锁。
}
term-reopen-stays = { $count ->
    [0] 没有手动锁定的考核。
   *[other] 手动锁定的 { $count } 项保持锁定。
}
term-reopen-reason = 原因
term-reopen = 开放学期
term-now-open = 学期已开放，解锁了 { $count } 项考核。

subjects-title = 科目
subjects-lead = 此处的顺序即成绩单上各列的顺序。
subject-added = 科目已添加。
subject-add-title = 添加科目
subject-add = 添加科目
subject-code = 代码
subject-code-hint = 简短、唯一、不含空格，例如 physics。
subject-name-zh = 中文名称
subject-name-en = 英文名称
subject-full = 满分
subject-full-hint = 新考核的默认满分。
subject-full-of = 满分 { $full }
subject-place = 次序
subject-place-hint = 数字小的在前；留空则排在最后。

classes-title = 班级
classes-count = { $count } 个班级
classes-search = 查找班级
classes-search-hint = 学年、年级或班名
classes-none = 没有班级
classes-none-lead = 在下面添加第一个班级，或导入名单。
class-all-years = 全部学年
class-level = 年级
class-level-hint = 例如“六年级”。
class-name = 名称
class-name-hint = 例如“三班”。
class-add-title = 添加班级
class-add = 添加班级
class-added = 班级已添加。接下来添加学生。
class-enrolled = 学生已入班。
class-left = 已记录最后一天。成绩和历史都保留。
class-moved = 学生已转班。在本班的成绩保持不变。
class-promoted = 这是新学年的班级，学生已转入。
class-students = { $count ->
    [0] 没有学生
   *[other] { $count } 名学生
}
class-roster = 学生
class-empty = 班里还没有学生。
class-days = 在班时间
class-since = { $from }起
class-change-days = 转班或离班
class-unknown-number = 没有这个学号或姓名的学生。请先添加账号。
class-first-day = 第一天
class-last-day = 最后一天
class-day-hint = 留空则为今天。
class-enrol = 加入班级
class-move-to = 转到
class-move-choose = 请选择班级
class-move-from = 新班第一天
class-move = 转班
class-leave = 离开班级
class-leave-day = 更改最后一天
class-leave-effect = 不会删除任何内容：该生及其成绩保留在本学期的成绩册中。
class-promote-title = 下一学年
class-promote-effect = 以现在在班的学生添加下一学年的班级。他们在前一天离开本班。
class-promote = { $count ->
    [0] 添加下一学年的班级
   *[other] 升级 { $count } 名学生
}

courses-title = 课程
courses-search = 查找课程
courses-search-hint = 班级、科目或任课教师
courses-found = 找到 { $count } 门课程
exams-search = 查找考试
exams-search-hint = 名称、学期或学年
exams-all-terms = 所有学期
exams-found = 找到 { $count } 次考试
courses-lead = 课程是一个班级一学期的一门科目，拥有一本成绩册。
courses-none = 没有课程
courses-none-lead = 在下面一次添加多个班级和科目的课程。
courses-added = { $count ->
    [0] 这些课程都已存在。
   *[other] 已添加 { $count } 门课程。
}
courses-add-title = 添加课程
courses-add-lead = 勾选的每个班级在勾选的每门科目中各得一门课程。已有的保持不变。
courses-no-classes = 本学年还没有班级。请先添加。
courses-add = 添加课程
course-all-classes = 全部班级
course-class = 班级
course-term-closed = 本学期已关闭，不能添加或修改。
course-teachers-of = 任课教师与哪学期相同
course-no-teachers-of = 暂不安排
course-gradebook = 成绩册
course-teachers = 任课教师
course-teacher = 教师
course-teacher-hint = 列出所有可以登录的教师；新教师请先在“用户”中添加。
course-take = 取消任课
course-give = 安排任课

exams-title = 考试
exams-lead = 考试会在每门参加的课程中添加一项草稿考核。
exams-none = 没有考试
exams-none-lead = 在下面添加。
exam-add-title = 添加考试
exam-add = 添加考试
exam-added = 考试已添加。教师可在成绩册中看到这一列。
exam-removed = 该课程不再参加此考试。
exam-name = 名称
exam-name-hint = 例如“期中考试”，也是成绩册中这一列的名称。
exam-kind = 类型
exam-day = 日期
exam-subjects = 科目和满分
exam-full = 满分
exam-classes = { $count ->
    [0] 没有班级
   *[other] { $count } 个班级
}
exam-no-courses = 本学期还没有课程。请先添加。
exam-empty = 没有课程参加此考试。
exam-untaught = { $courses }没有任课教师：只有管理员能在这些课程中录入成绩。
exam-course = 课程
exam-remove = 移除
exam-more = 本学期的其他课程
exam-add-courses = 加入考试
exam-state-draft = 草稿
exam-state-published = 已发布
exam-state-locked = 已锁定
class-student = 学号或姓名
class-add-student = 加入已有账号的学生
class-matches = 有多名学生符合，请选择：
class-many-matches = 符合的学生太多，请写得更完整。
class-courses = 课程
class-promote-hint = 已按惯例填好，请核对。
course-teacher-of = { $subject }的教师
courses-teacher-hint = 科目旁选择的教师任教该科的全部新课程；未选择的沿用下面所选的学期。
exam-progress = 录入进度
exam-import = 从文件导入
course-no-teacher-yet = 暂不安排
course-choose-teacher = 请选择教师

promotion-title = 把 { $class } 升为 { $next }？
promotion-adds = 在学年 { $year } 中添加 { $class }。
promotion-students = 现在在班的 { $count } 名学生自{ $day }起属于该班。
promotion-leave = 前一天是他们在 { $class } 的最后一天。在那里的成绩保留，仍可查看和更正。
promotion-courses = 新班还没有课程，接下来为该学年的学期添加。
leaving-move = 把 { $name } 转到 { $class }？
leaving-leave = { $name } 离开这个班？
leaving-last-day = 在 { $class } 的最后一天：{ $day }。
leaving-joins = 从{ $day }起列入 { $class } 的成绩册；前一天是在本班的最后一天。
leaving-scores-stay = 在本班这些课程中的成绩保留，仍在原处更正：{ $courses }。
leaving-no-scores = 在 { $class } 的课程中还没有成绩。
leaving-later-counts-nothing = 最后一天之后在 { $class } 举行的测验，不计入该学生的成绩。
leaving-earlier-counts-nothing = 转入之前在 { $class } 举行的测验，也不计入。
list-comma = 、
course-take-title = 收回 { $name } 的这门课程？
course-take-at-once = { $name } 立即无法再打开这本成绩册；打开的页面上尚未保存的内容会丢失。
course-take-scores = 成绩、备注和修改记录保留。
course-take-nobody = 此后没有人任教：只有管理员能录入成绩。
course-take-others = 此后由 { $names } 任教。

teaching-title = 任课一览
teaching-lead = 一个学期的课程：每行一个班，每列一个科目。
teaching-untaught = 有 { $count } 门课程没有任课教师：点开课程即可安排。
teaching-no-course = 未开课
