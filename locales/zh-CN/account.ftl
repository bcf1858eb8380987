# 登录、密码、我的账号。
login-title = 登录成绩册
login-page = 登录
login-username = 用户名
login-password = 密码
login-submit = 登录
login-failed = 用户名或密码不正确。
login-return = 登录后将打开您刚才访问的页面。
login-forgotten = 忘记密码？请联系老师或学校管理员。
password-show = 显示密码
password-hide = 隐藏密码
password-caps = 大写锁定已打开

password-title = 修改密码
password-first-title = 设置您自己的密码
password-first-lead = 您使用的是一次性初始密码，请先设置自己的密码。
password-current = 当前密码
password-current-first = 初始密码
password-new = 新密码
password-new-hint = 8 至 128 个字符，用几个词连在一起更容易记住。
password-repeat = 再次输入新密码
password-submit = 保存密码
password-effect = 保存后，其他设备上的登录都会退出。
password-wrong-current = 当前密码不正确。
password-too-short = 至少 8 个字符。
password-too-long = 最多 128 个字符。
password-same-as-identity = 不能使用用户名、学号或姓名作为密码。
password-unchanged = 新密码与当前密码相同。
password-mismatch = 两次输入的密码不一致。

account-title = 我的账号
account-name = 姓名
account-username = 用户名
account-role = 身份
account-student-number = 学号
account-language = 页面语言
account-password = 密码
account-password-lead = 修改密码后，其他设备上的登录都会退出。
