# 学校设置：管理总览、学期、科目、班级、课程、考试。
overview-title = 管理
overview-lead = 录入成绩之前和之间，学校需要的一切。
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
