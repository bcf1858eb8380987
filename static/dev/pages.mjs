// Sample pages for the mock server: the snippets of README.md in use.
const LABELS = {
  en: { app: "Gradebook", home: "Home", courses: "Courses", exams: "Exams", students: "Students", signout: "Sign out", account: "Account", lang: "English" },
  "zh-CN": { app: "成绩册", home: "首页", courses: "课程", exams: "考试", students: "学生", signout: "退出登录", account: "我的账号", lang: "中文" },
};

function layout(ctx, { title, lang, body, grid = false, student = false, bare = false, current = "courses" }) {
  const { manifest, messages } = ctx;
  const l = LABELS[lang];
  const asset = (name) => `/static/${manifest[name]}`;
  const nav = ["home", "courses", "exams"].map((k) => `<a href="/${k}"${k === current ? ' aria-current="page"' : ""}>${l[k]}</a>`).join("");
  return `<!doctype html>
<html lang="${lang}" data-user="${bare ? "none" : "5"}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">
<title>${title} · ${l.app}</title>
<link rel="icon" href="${asset("favicon.svg")}" type="image/svg+xml">
<link rel="stylesheet" href="${asset("app.css")}">
${grid ? `<link rel="stylesheet" href="${asset("grid.css")}">` : ""}
</head>
<body${grid ? ' class="grid-page"' : ""}>
<a class="skip-link" href="#main">${lang === "en" ? "Skip to content" : "跳到正文"}</a>
${bare ? "" : `<header class="topbar">
  <a class="brand" href="/"><img src="${asset("mark.svg")}" alt="" width="26" height="26"><span class="brand-name">${l.app}</span></a>
  <nav class="nav" aria-label="${lang === "en" ? "Main" : "主导航"}">${nav}</nav>
  <div class="topbar-end">
    <details class="menu is-compact"><summary><span class="icon icon-globe" aria-hidden="true"></span><span class="summary-text">${l.lang}</span></summary>
      <div class="menu-panel"><form method="post" action="/session/locale"><button name="locale" value="zh-CN" lang="zh-CN">中文</button><button name="locale" value="en" lang="en">English</button></form></div></details>
    <details class="menu"><summary><span class="icon icon-user" aria-hidden="true"></span><span class="summary-text">王老师</span></summary>
      <div class="menu-panel"><p class="menu-head"><strong>王老师</strong>wang</p><a href="/account">${l.account}</a><hr><form method="post" action="/logout"><button>${l.signout}</button></form></div></details>
  </div>
</header>`}
${body}
<script type="application/json" id="messages">${JSON.stringify(messages[lang]).replaceAll("<", "\\u003c")}</script>
<script src="${asset("base.js")}" defer></script>
${grid ? `<script src="${asset("grid.js")}" defer></script>` : ""}
${student ? `<script src="${asset("student.js")}" defer></script>` : ""}
</body>
</html>`;
}

const gridPage = (ctx, lang, kind) => layout(ctx, {
  title: "数学", lang, grid: true,
  body: `<main id="main" class="page" tabindex="-1">
  <div class="page-head"><div><h1>${kind === "sheet" ? "期末考试 · 六年级三班" : "数学 · 六年级三班"}</h1><p class="page-sub">2026-2027 上学期 · 王老师</p></div>
  <div class="page-actions"><a class="button is-small" href="#"><span class="icon icon-download" aria-hidden="true"></span>${lang === "en" ? "Export" : "导出"}</a><a class="button is-small is-primary" href="#"><span class="icon icon-plus" aria-hidden="true"></span>${lang === "en" ? "Assessment" : "新建考核"}</a></div></div>
  <div id="grid" data-kind="${kind}" data-url="${kind === "sheet" ? "/api/v1/exams/3/classes/5/sheet" : "/api/v1/courses/12/gradebook"}" data-events="/api/v1/events" data-locale="${lang}" data-user="5"></div>
</main>`,
});

const student = (ctx, lang) => layout(ctx, {
  title: "我的成绩", lang, student: true, current: "home",
  body: `<main id="main" class="page" tabindex="-1" data-events="/api/v1/events">
  <div class="page-head"><div><h1>我的成绩</h1><p class="page-sub">2026-2027 上学期 · 六年级三班</p></div></div>
  <div class="grades">
    <article class="course-card">
      <header class="course-head">
        <div class="course-title"><h2><a href="#">数学</a></h2><p>王老师</p></div>
        <dl class="course-totals"><div><dt>当前</dt><dd data-live="c1" data-live-name="数学 当前">${ctx.state.studentTotal ?? "91.35"}</dd></div><div class="is-secondary"><dt>总评</dt><dd>88.20</dd></div></dl>
      </header>
      <ul class="grade-list">
        <li class="grade-row"><div class="grade-what"><p class="grade-title">期中考试 <span class="badge is-new">新</span></p><p class="grade-meta"><span>考试</span><time datetime="2026-11-06">11月6日</time></p></div>
          <p class="grade-value" data-live="a13" data-live-name="数学 期中考试"><strong>${ctx.state.studentScore ?? "108.5"}</strong> <span class="max">/ 120</span></p></li>
        <li class="grade-row"><div class="grade-what"><p class="grade-title">单元测验一 <span class="badge is-corrected">已更正</span></p><p class="grade-meta"><span>考试</span><time datetime="2026-10-09">10月9日</time></p><p class="grade-comment">卷面整洁，继续保持</p></div>
          <p class="grade-value"><strong>92</strong> <span class="max">/ 100</span></p></li>
        <li class="grade-row"><div class="grade-what"><p class="grade-title">第一次作业</p><p class="grade-meta"><span>作业</span><time datetime="2026-09-18">9月18日</time></p></div>
          <p class="grade-value"><span class="status">免考</span></p></li>
      </ul>
      <details class="grade-more" id="why-1"><summary>总评是怎样算出来的</summary>
        <table class="why"><thead><tr><th scope="col">类别</th><th scope="col">得分</th><th scope="col">权重</th></tr></thead><tbody><tr><th scope="row">作业</th><td>—</td><td>30%</td></tr><tr><th scope="row">考试</th><td>91.35</td><td>70%</td></tr></tbody><tfoot><tr><th scope="row">当前</th><td>91.35</td><td></td></tr></tfoot></table></details>
    </article>
    <article class="course-card">
      <header class="course-head"><div class="course-title"><h2><a href="#">语文</a></h2><p>陈老师</p></div><dl class="course-totals"><div><dt>当前</dt><dd>84.00</dd></div></dl></header>
      <ul class="grade-list"><li class="grade-row"><div class="grade-what"><p class="grade-title">期中考试</p><p class="grade-meta"><span>考试</span><time datetime="2026-11-06">11月6日</time></p></div><p class="grade-value"><strong>84</strong> <span class="max">/ 100</span></p></li>
      <li class="grade-row"><div class="grade-what"><p class="grade-title">课文背诵</p><p class="grade-meta"><span>作业</span><time datetime="2026-10-20">10月20日</time></p></div><p class="grade-value"><span class="status">未交</span></p></li></ul>
    </article>
    <article class="card is-wide"><div class="empty"><span class="icon icon-book" aria-hidden="true"></span><h2>英语还没有成绩</h2><p>老师发布后会显示在这里。</p></div></article>
  </div>
</main>`,
});

const signIn = (ctx, lang) => layout(ctx, {
  title: "登录", lang, bare: true,
  body: `<main id="main" class="centred" tabindex="-1"><div class="sign-in">
  <div class="sign-in-head"><img src="/static/${ctx.manifest["mark.svg"]}" alt="" width="44" height="44"><h1>登录成绩册</h1></div>
  <div class="card"><form class="card-body stack" method="post" action="/login">
    <div class="alert is-error" role="alert"><span class="icon icon-alert" aria-hidden="true"></span><p>用户名或密码不正确。</p></div>
    <div class="field"><label for="username">用户名</label><input class="input" id="username" name="username" autocomplete="username" autocapitalize="none" required value="wang"></div>
    <div class="field"><label for="password">密码</label><div class="input-group"><input class="input" id="password" name="password" type="password" autocomplete="current-password" required aria-invalid="true" aria-describedby="password-error"><button class="button is-quiet is-icon" type="button" data-password-toggle="password" data-show="显示密码" data-hide="隐藏密码" aria-label="显示密码" hidden><span class="icon icon-eye" aria-hidden="true"></span></button></div>
      <p class="field-error" id="password-error">请再输入一次密码。</p><p class="hint" data-caps-warning="password" role="status" hidden>大写锁定已打开</p></div>
    <button class="button is-primary is-block">登录</button>
  </form></div>
  <p class="sign-in-foot">忘记密码请联系老师或管理员。</p></div></main>`,
});

const lists = (ctx, lang) => layout(ctx, {
  title: "课程", lang,
  body: `<main id="main" class="page" tabindex="-1">
  <div class="page-head"><div><h1>课程</h1><p class="page-sub">2026-2027 上学期</p></div><div class="page-actions"><a class="button" href="#"><span class="icon icon-upload" aria-hidden="true"></span>导入成绩</a><a class="button is-primary" href="#"><span class="icon icon-plus" aria-hidden="true"></span>新建课程</a></div></div>
  <div class="card"><ul class="link-list">
    <li><div class="link-main"><a href="/courses/12">数学 · 六年级三班</a><p>王老师 · 48 名学生</p></div><div class="link-side"><span>6 项考核</span><span class="badge is-draft">3 份草稿</span></div></li>
    <li><div class="link-main"><a href="/courses/13">数学 · 六年级四班</a><p>王老师 · 46 名学生</p></div><div class="link-side"><span>5 项考核</span><span class="badge is-published">已发布</span></div></li>
    <li><div class="link-main"><a href="/courses/14">奥数选修</a><p>王老师、刘老师 · 12 名学生</p></div><div class="link-side"><span>2 项考核</span><span class="badge is-locked">已锁定</span></div></li>
  </ul></div>
  <h2 class="mt-5 mb-4">考试</h2>
  <div class="card"><div class="card-head"><h3>期中考试</h3><span class="badge is-locked">已锁定</span><span class="badge is-warning">待复核 2</span><span class="badge is-danger">已停用</span></div><div class="table-wrap"><table class="table"><thead><tr><th scope="col">班级</th><th scope="col" class="num">人数</th><th scope="col" class="num">平均分</th><th scope="col" class="num">及格率</th><th scope="col">状态</th></tr></thead>
    <tbody><tr><th scope="row"><a href="#">六年级三班</a></th><td class="num">48</td><td class="num">86.42</td><td class="num">95.83%</td><td><span class="badge is-published">已发布</span></td></tr><tr><th scope="row"><a href="#">六年级四班</a></th><td class="num">46</td><td class="num">84.10</td><td class="num">91.30%</td><td><span class="badge is-draft">草稿</span></td></tr></tbody></table></div></div>
  <div class="alert is-success" role="status"><span class="icon icon-check" aria-hidden="true"></span><p>已导入 48 个成绩。<a href="#">撤销</a></p></div>
  <div class="alert is-warning"><span class="icon icon-alert" aria-hidden="true"></span><p>学期将于 1 月 20 日关闭。</p></div>
  <div class="alert"><span class="icon icon-alert" aria-hidden="true"></span><p>已为您保留上次的筛选条件。</p></div>
  <form class="filters mt-5" method="get"><div class="field"><label for="q">查找</label><input class="input" id="q" name="q"></div><div class="field"><label for="t">学期</label><select class="select" id="t" name="t"><option>2026-2027 上学期</option></select></div><button class="button">筛选</button></form>
  <div class="card"><div class="empty"><span class="icon icon-chart" aria-hidden="true"></span><h2>还没有成绩分析</h2><p>考试成绩录入后，这里会显示平均分、及格率和分数段。</p><a class="button is-primary" href="#">录入成绩</a></div></div>
  </main><footer class="footer">成绩册 0.1</footer>`,
});

const error = (ctx, lang) => layout(ctx, {
  title: "404", lang,
  body: `<main id="main" class="centred" tabindex="-1"><div class="error-page"><p class="error-code">404</p><h1>没有找到这个页面</h1><p>链接可能已失效，或者您没有查看权限。</p><div class="form-actions"><a class="button is-primary" href="/">返回首页</a></div><p class="request-id">01HF3Z8Q4W</p></div></main>`,
});

export function pages(url, ctx) {
  const lang = url.searchParams.get("lang") === "en" ? "en" : "zh-CN";
  if (/^\/courses\/\d+$/.test(url.pathname)) return gridPage(ctx, lang, "gradebook");
  if (/^\/exams\/\d+\/classes\/\d+$/.test(url.pathname)) return gridPage(ctx, lang, "sheet");
  return { "/login": signIn, "/me": student, "/courses": lists, "/": lists, "/404": error }[url.pathname]?.(ctx, lang) ?? null;
}
