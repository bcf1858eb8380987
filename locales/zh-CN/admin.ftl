# 管理员的账号页面。
users-title = 用户
users-count = 共 { $count } 个账号
users-found = { $count ->
    [0] 没有找到账号
   *[other] 找到 { $count } 个账号
}
users-search = 查找用户
users-search-hint = 姓名、用户名或学号
users-submit = 查找
users-clear = 显示全部
users-all-roles = 全部身份
users-state = 状态
users-all-states = 全部
users-none = 没有找到
users-none-lead = 请输入姓名、用户名或学号的一部分。
users-pages = 分页
users-place = 第 { $from }–{ $to } 个，共 { $all } 个
users-first = 第一页
users-next = 下一页
list-nothing-found = 没有找到
list-nothing-found-lead = 请少输入几个词，或只输入名称的一部分。

user-enabled = 正常
user-disabled = 已停用
user-no-password = 未设密码
user-initial-password = 初始密码未改
user-totp-on = 两步验证
user-totp-missing = 未设两步验证
user-report = 成绩报告单
user-no-class = 还不属于任何班级。在班级页面可加入已有账号的学生。
user-classes = 班级
user-courses = 任教课程
user-details = 基本信息
user-save = 保存
user-saved = 已保存。
user-now-enabled = 此账号可以重新登录了。
user-now-disabled = 此账号已不能登录，所有登录均已退出。
user-own = 这是您自己的账号。更改身份、重置密码或停用账号都会使您退出登录。
user-role-hint = 更改身份后，此人的所有登录都会退出。教师改为管理员后，仍是原有课程的任课教师。
user-last-admin = 这是最后一位可以登录的管理员。请先将其他人设为管理员，否则将没有人能管理账号。
user-signing-in = 登录
user-reset-title = 重置为初始密码
user-reset-effect = 忘记密码时使用。当前密码将失效，所有登录都会退出。
user-reset = 重置密码
user-reset-done = { $name } 有了新的初始密码，所有登录均已退出。
user-disable-title = 停用账号
user-disable-effect = 此账号不能再登录，所有登录会立即退出。成绩和记录都会保留。
user-disable = 停用
user-enable-title = 启用账号
user-enable-effect = 恢复登录，仍使用原来的密码。
user-enable = 启用
user-log = 变更记录
user-log-empty = 还没有记录。
user-log-older = 更早的记录
user-log-newest = 最新的记录

user-username-hint = 用于登录。已登录的会话不受影响；下次登录时使用新用户名，密码不变。此前打印的密码条仍印着旧用户名。
user-number-hint = 成绩和历史记录仍属于该学生。此后导入的文件请使用新学号。
user-username-wrong = 请使用 1 至 64 个字符，不能有空格。
user-username-taken = 此用户名已被使用。
user-name-wrong = 请填写姓名，最多 128 个字符。
user-number-wrong = 学生必须有学号，最多 32 个字符；其他身份请留空。
user-number-taken = 此学号已被使用。
user-number-alike = 与另一学生的学号只差前面的零、空格、大小写或全半角。请换一个学号。
user-role-wrong = 学生账号不能改为其他身份，其他账号也不能改为学生。请另外添加账号。
user-role-missing = 请选择身份。
user-locale-missing = 请选择语言。

new-user-title = 添加用户
new-user-role-hint = 学生查看自己的成绩，教师管理任教课程的成绩册，管理员可以查看和修改全部内容。
new-user-username-hint = 登录时使用，不能有空格。
new-user-number-hint = 仅学生填写。
new-user-no-class = 暂不分班
new-user-class-hint = 仅用于学生：从第一天起列入该班的成绩册。
new-user-language-hint = 此人最初看到的页面语言。
new-user-effect = 系统会生成初始密码，首次登录时须修改。
new-user-submit = 添加
user-added = 已添加 { $name }。
cancel = 取消
print = 打印

one-time-title = 初始密码
one-time-lead = 密码只在此时显示。离开前请打印或抄写，之后任何人都无法再查看。
one-time-back = 查看账号
one-time-another = 继续添加

slip-username = 用户名
slip-number = 学号
slip-password = 初始密码
slip-address = 网址
slip-what = 请登录并设置自己的密码，不要让他人看到此条。

slips-title = 密码条
slips-lead = 请选择班级。班里还没有自己密码的学生会得到新的初始密码，打印后裁开发放。
slips-students = { $count } 名学生
slips-waiting = { $count } 人需要密码条
slips-none-needed = 无需密码条
slips-none-waiting = 都已有自己的密码
slips-none-waiting-lead = 这里没有人需要密码条。如有人忘记密码，请打开其账号重置密码。
slips-no-classes = 还没有班级
slips-no-classes-lead = 请先导入成绩或名单。
slips-make = 生成 { $count } 张密码条
slips-effect = 以下学生还没有自己的密码。他们会得到新的初始密码：之前打印的密码条将失效，正在使用的登录会退出。
slips-lasts = 大约需要 { $count } 秒。
slips-made = { $count ->
    [0] 没有人需要密码条。
   *[other] 已生成 { $count } 张密码条。
}
slips-once = 密码只在此时显示。离开前请打印本页，之后任何人都无法再查看。
slips-own = { $count } 人保留自己的密码
slips-own-lead = 他们已设置自己的密码，不受影响。
slips-disabled = { $count } 个已停用的账号
slips-disabled-lead = 这些账号不能登录，不生成密码条。

change-unknown = 新版本记录的变更
change-by-operator = 服务器操作员
change-through-api = 通过其他程序
change-through-cli = 服务器命令
change-through-import = 导入
change-score = 修改成绩
change-assessment-created = 添加考核
change-assessment-published = 发布考核
change-assessment-unpublished = 撤回考核
change-assessment-locked = 锁定考核
change-assessment-unlocked = 解锁考核
change-exam-created = 添加考试
change-exam-lines = 修改考试分数线
change-exam-settings = 设置考试的成绩分析
change-term-created = 添加学期
change-subject-created = 添加科目
change-class-created = 添加班级
change-enrolled = 加入班级
change-course-created = 添加课程
change-teacher-assigned = 安排任教课程
change-teacher-removed = 取消任教课程
change-user-created = 添加账号
change-username-changed = 修改用户名
change-student-number-changed = 修改学号
change-user-changed = 修改姓名或语言
change-role-changed = 更改身份，所有登录退出
change-user-enabled = 启用账号
change-user-disabled = 停用账号，所有登录退出
change-password-reset = 生成初始密码，所有登录退出
change-password-changed = 修改密码，其他登录退出
change-session-ended = 退出登录
change-refresh-reused = 已用过的登录凭证再次出现，登录已终止
change-signing-key-added = 添加签名密钥
change-signing-key-retired = 签名密钥由新密钥接替
change-signing-key-withdrawn = 签名密钥提前作废
change-language-chosen = 选择了页面语言
change-totp-enabled = 开启两步验证
change-totp-disabled = 关闭两步验证
change-totp-reset = 两步验证被取消，所有登录已退出
change-recovery-codes-made = 生成恢复码
change-recovery-code-used = 使用恢复码登录
user-totp-title = 两步验证
user-totp-lead = 适用于手机和恢复码都已丢失的人。取消后会退出其所有登录，在重新设置之前只凭密码即可登录。
user-totp-reset = 取消两步验证
user-totp-gone = 两步验证已取消，所有登录均已退出。
user-step-sessions = { $count ->
    [0] 目前没有登录。
   *[other] 立即退出 { $count } 处登录。
}
user-step-own = 这是您自己的账号，您也会退出登录。
user-step-void = 当前密码立即失效。
user-step-no-password = 此账号尚无密码。
user-step-once = 新的初始密码只在下一页显示一次，首次登录时须更改。
user-step-totp-stays = 两步验证保持开启。
user-step-courses = { $count ->
    [0] 在未关闭的学期中没有任课。
   *[other] 在未关闭的学期中任教 { $count } 门课程，仍为其任课教师。
}
user-step-alone = { $count ->
   *[other] 其中 { $count } 门没有其他任课教师；如仍需录入成绩，请另行指定。
}
user-step-scores = { $count ->
    [0] 尚无成绩。
   *[other] { $count } 项成绩全部保留，教师仍可看到。
}
user-step-back = 账号可随时重新启用，沿用原密码。
user-step-disable = 停用{ $name }的账号？
user-step-reset = 重置{ $name }的密码？
user-step-totp = 移除{ $name }的两步验证？
user-step-totp-password = 在重新设置两步验证之前，仅凭密码即可登录。
user-step-totp-codes = 恢复码全部失效。
