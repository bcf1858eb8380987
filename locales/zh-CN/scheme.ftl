# 类别、考核、课程规则、总评与成绩报告单。
change-assessment-changed = 修改考核
change-assessment-deleted = 删除考核
change-category-created = 新增类别
change-category-changed = 修改类别
change-category-deleted = 删除类别
change-course-policy-changed = 修改课程规则
