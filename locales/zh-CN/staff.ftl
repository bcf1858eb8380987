# 教师和管理员的页面。
home-teacher-title = 我的课程
home-admin-title = 全部课程
home-waiting = 待处理
home-entered = 已录入 { $entered } / { $of }
home-to-publish = 已录完，未发布
home-exams = 考试
home-no-courses = 还没有课程
home-no-courses-teacher = 管理员为您安排课程后，成绩册会显示在这里。
home-no-courses-admin = 先设置学校：学期、科目、班级和学生、课程和教师。
home-no-teacher = 未安排教师
home-more-courses = 更多课程
home-more-exams = 更早的考试

exam-kind-midterm = 期中
exam-kind-final = 期末
exam-kind-monthly = 月考
exam-kind-quiz = 平时

grid-needs-script = 此表格需要 JavaScript
grid-needs-script-lead = 请允许本站使用 JavaScript，然后重新打开此页面。
grid-exam-sheets = 考试成绩单
grid-gradebooks = 成绩册
grid-states = 状态说明
state-draft = 草稿
state-draft-note = 学生看不到
state-published = 已发布
state-published-note = 学生可以看到，修改需填写原因
state-locked = 已锁定
state-locked-note = 学生可见；修改须经批准，或填写原因解除锁定后进行
sheet-title = { $exam } · { $class }
gradebook-title = { $subject } · { $class }
grid-more = 更多
home-set-up = 开始设置
