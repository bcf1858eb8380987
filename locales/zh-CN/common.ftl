# 每个页面都用到的词。
product = 成绩册
language-en = English
language-zh-CN = 中文
skip-to-content = 跳到正文
nav-main = 主导航
nav-courses = 课程
nav-exams = 考试
nav-admin = 管理
nav-my-grades = 我的成绩
menu-language = 语言
menu-account = 账号
my-account = 我的账号
change-password = 修改密码
sign-out = 退出登录
back-home = 返回首页

role-admin = 管理员
role-teacher = 教师
role-student = 学生

list-separator = 、
term-closed = 已关闭

date = { $year }年{ $month }月{ $day }日
instant = { $date } { $time }（UTC）

# Takes a message away.
close = 关闭
