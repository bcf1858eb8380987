//! Lists are searched and read in parts: the same on pages and in the JSON interface.

use awc::http::Method;
use gradebook_app::read::{ClassFilter, ExamFilter};
use gradebook_app::{ClassFields, CourseFilter};
use gradebook_auth::Actor;
use gradebook_domain::{ClassId, CourseId, ExamId};
use gradebook_test_databases::on_both_databases;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::{TestServer, local};
use crate::world::World;

pub(crate) fn admin_name() -> String {
    gradebook_app::demo::demo_accounts().admin.username
}

pub(crate) async fn get(server: &TestServer, token: &str, path: &str) -> Value {
    let reply = server.get(path).bearer(token).send().await;
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    reply.json()
}

/// The ids in all parts of a list that is read two at a time.
async fn in_parts(server: &TestServer, token: &str, path: &str) -> Vec<i64> {
    let (mut ids, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let sign = if path.contains('?') { '&' } else { '?' };
        let after = cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
        let part = get(server, token, &format!("{path}{sign}limit=2{after}")).await;
        let items = part["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        ids.extend(items.iter().map(|one| one["id"].as_i64().unwrap()));
        match part["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return ids,
        }
    }
}

pub(crate) async fn add_class(server: &TestServer, [year, level, name]: [&str; 3]) -> ClassId {
    let fields = ClassFields {
        school_year: Some(year.to_owned()),
        grade_level: Some(level.to_owned()),
        name: Some(name.to_owned()),
    };
    let added = server.app.add_class(&Actor::operator(), &fields).await;
    added.unwrap().id
}

on_both_databases! {
    async fn classes_stand_by_year_in_every_part(database: TestDatabase) {
        local(async {
            let server = TestServer::empty(database).await;
            let operator = &Actor::operator();
            let mut added = Vec::new();
            for fields in [
                ["2025-2026", "六年级", "1班"],
                ["2026-2027", "七年级", "1班"],
                ["2025-2026", "六年级", "10班"],
                ["2027-2028", "Grade 8", "Ｃlass 1"],
                ["2026-2027", "七年级", "2班"],
                ["2026-2027", "十年级", "1班"],
            ] {
                added.push(add_class(&server, fields).await);
            }
            let filter = ClassFilter::default();
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let part = server.app.classes_by_year(operator, &filter, after, 2).await.unwrap();
                let count = server.app.count_classes(operator, &filter, after).await.unwrap();
                assert_eq!((count.all, count.before), (6, seen.len() as u64));
                seen.extend(part.items.iter().map(|one| one.class.id));
                match part.next {
                    Some(next) => after = Some(ClassId(next)),
                    None => break,
                }
            }
            let order = [3, 1, 4, 5, 0, 2].map(|place| added[place]);
            assert_eq!(seen, order, "the newest year first, then grade levels and names as they are counted");
            let found = async |text: &str| {
                let filter = ClassFilter { text: text.to_owned(), ..ClassFilter::default() };
                let page = server.app.classes_by_year(operator, &filter, None, 9).await.unwrap();
                page.items.into_iter().map(|one| one.class.id).collect::<Vec<_>>()
            };
            assert_eq!(found("2025 10").await, [added[2]], "every word, wherever it stands");
            assert_eq!(found("1班 七年级").await, [added[1]]);
            assert_eq!(found("gRADE").await, [added[3]]);
            assert_eq!(found("Ｃlass").await, [added[3]], "as it was written");
            assert_eq!(found("%").await, []);
            let mixed = add_class(&server, ["2028-2029", "École Ünal", "ШКОЛА"]).await;
            for text in ["École", "école", "ÉCOLE", "ünal", "ÜNAL", "школа", "ШКОЛА"] {
                assert_eq!(found(text).await, [mixed], "{text}");
            }
            let nine = "2028 2029 école ünal школа 2028 2029 ünal";
            assert_eq!(found(nine).await, [mixed]);
            assert_eq!(found(&format!("{nine} zzz")).await, [], "the ninth word counts, too");
        })
        .await;
    }

    async fn courses_exams_and_imports_are_found_by_what_they_are_called(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let (admin, teacher) = (world.admin.as_str(), world.teacher.as_str());
            let all = get(&server, admin, "/api/v1/courses?limit=200").await;
            let all = all["items"].as_array().unwrap();
            let of_class = |class: i64| all.iter().filter(|one| one["class"]["id"] == class).count();
            let mine = all.iter().find(|one| one["id"] == world.course).unwrap();
            let subject = mine["subject"]["name_en"].as_str().unwrap();
            let who = mine["teachers"][0]["name"].as_str().unwrap();
            let class = mine["class"]["name"].as_str().unwrap();
            let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let path = format!("/api/v1/courses?q={}", encoded(&format!("{} {class}", subject.to_uppercase())));
            let found = in_parts(&server, admin, &path).await;
            assert!(found.contains(&world.course) && found.len() < all.len(), "{path}: {found:?}");
            let by_teacher = in_parts(&server, admin, &format!("/api/v1/courses?q={}", encoded(who))).await;
            assert!(by_teacher.contains(&world.course) && by_teacher.len() < all.len(), "{by_teacher:?}");
            // What a teacher signs in with finds nothing: students search, too.
            let account = get(&server, admin, &format!("/api/v1/users/{}", mine["teachers"][0]["id"])).await;
            let username = account["username"].as_str().unwrap();
            let by_username = get(&server, &world.student, &format!("/api/v1/courses?q={username}")).await;
            assert_eq!(by_username["items"], Value::Array(Vec::new()), "{username}");
            let path = format!("/api/v1/courses?class_id={}&term_id={}", world.class, mine["term"]["id"]);
            assert_eq!(in_parts(&server, admin, &path).await.len(), of_class(world.class));
            assert_eq!(get(&server, admin, "/api/v1/courses?q=nosuch").await["items"], Value::Array(Vec::new()));
            // Nobody finds what they may not see.
            let own = in_parts(&server, teacher, "/api/v1/courses").await;
            assert!(own.len() < all.len());
            for id in in_parts(&server, teacher, &format!("/api/v1/courses?q={}", encoded(class))).await {
                assert!(own.contains(&id), "{id}");
            }

            let exam = get(&server, admin, &format!("/api/v1/exams/{}", world.exam)).await;
            let name = encoded(exam["name"].as_str().unwrap());
            assert!(in_parts(&server, admin, &format!("/api/v1/exams?q={name}")).await.contains(&world.exam));
            assert!(in_parts(&server, admin, &format!("/api/v1/exams?q={name}+2026")).await.contains(&world.exam));
            assert!(in_parts(&server, admin, "/api/v1/exams?term_id=999999").await.is_empty());
            let reply = server.get(&format!("/api/v1/exams?q={}", "x".repeat(101))).bearer(admin).send().await;
            assert_eq!(reply.status, 422);

            let file = "考号,Quiz\n".as_bytes();
            let order = gradebook_app::imports::ImportOrder::Course(gradebook_app::imports::ImportIntoCourse {
                file_name: "Übung_50%.csv".to_owned(),
                course: CourseId(world.course),
                reason: None,
                ignore_columns: Vec::new(),
            });
            let kept = server.app.keep_import(&Actor::operator(), file, &order).await.unwrap();
            let found = |list: Value| list["items"].as_array().unwrap().iter().any(|one| one["id"] == kept.0);
            for q in ["50%25.csv", &encoded(subject), &encoded(&format!("{class} csv"))] {
                let list = get(&server, admin, &format!("/api/v1/imports?q={q}")).await;
                assert!(found(list), "{q}");
            }
            assert!(found(get(&server, admin, &format!("/api/v1/imports?q={}", encoded("übung"))).await));
            assert!(!found(get(&server, admin, "/api/v1/imports?q=50_.csv").await), "a sign stands for itself");
            let of_course = format!("/api/v1/imports?course_id={}", world.course);
            assert!(found(get(&server, teacher, &of_course).await));
            let all_imports = server.get("/api/v1/imports").bearer(teacher).send().await;
            assert_eq!(all_imports.status, 403);
        })
        .await;
    }

    async fn courses_stand_class_by_class_in_every_part(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let operator = &Actor::operator();
            let filter = CourseFilter::default();
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let part = server.app.courses_by_class(operator, &filter, after, 3).await.unwrap();
                let count = server.app.count_courses(operator, &filter, after).await.unwrap();
                assert_eq!(count.before, seen.len() as u64);
                seen.extend(part.items.iter().map(|one| (one.class.id, one.id)));
                match part.next {
                    Some(next) => after = Some(CourseId(next)),
                    None => {
                        assert_eq!(count.all, seen.len() as u64);
                        break;
                    }
                }
            }
            assert!(seen.len() > 3 && seen.is_sorted(), "{seen:?}");
            let exams = ExamFilter::default();
            let first = server.app.exams(operator, &exams, None, 1).await.unwrap();
            let before = first.next.map(ExamId);
            let count = server.app.count_exams(operator, &exams, before).await.unwrap();
            assert_eq!(count.before, u64::from(before.is_some()));
        })
        .await;
    }

    /// Whoever is signed in stays so; the next sign-in takes the new name.
    async fn a_username_and_a_number_change_and_sessions_go_on(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let path = format!("/api/v1/users/{}", world.student_id);
            let patch = async |body: Value| {
                let request = server.request(Method::PATCH, &path).bearer(&world.admin);
                request.json(&body).send().await
            };
            let before = get(&server, &world.admin, &path).await;
            let old = before["username"].as_str().unwrap();
            let changed = patch(json!({"username": " Wei.Neu ", "student_number": "N-77"})).await;
            assert_eq!(changed.status, 200, "{}", changed.text());
            assert_eq!((&changed.json()["username"], &changed.json()["student_number"]), (&json!("Wei.Neu"), &json!("N-77")));
            get(&server, &world.student, "/api/v1/users/me").await;
            let password = gradebook_app::demo::DEMO_PASSWORD;
            assert_eq!(server.sign_in(old, password).await.status, 401);
            assert_eq!(server.sign_in("wei.neu", password).await.status, 200);
            let found = get(&server, &world.admin, "/api/v1/users?q=n-77+wei.neu").await;
            assert_eq!(found["items"][0]["id"], world.student_id);
            let gone = get(&server, &world.admin, &format!("/api/v1/users?q={old}")).await;
            assert_eq!(gone["items"], json!([]));

            // The same again is no change; letter case is one, and keeps the identity.
            assert_eq!(patch(json!({"username": "Wei.Neu", "student_number": "N-77"})).await.status, 200);
            assert_eq!(patch(json!({"username": "wei.NEU"})).await.json()["username"], "wei.NEU");
            let taken = patch(json!({"username": world.teacher_name.to_uppercase()})).await;
            assert_eq!((taken.status.as_u16(), &taken.json()["errors"][0]["pointer"]), (409, &json!("/username")));
            let others = get(&server, &world.admin, "/api/v1/users?role=student").await;
            let other = others["items"].as_array().unwrap().iter().find(|one| one["id"] != world.student_id).unwrap();
            let taken = patch(json!({"student_number": other["student_number"]})).await;
            assert_eq!((&taken.json()["code"], &taken.json()["errors"][0]["pointer"]), (&json!("already_exists"), &json!("/student_number")));
            for (body, pointer) in [
                (json!({"username": "a b"}), "/username"),
                (json!({"username": "p\u{430}ul"}), "/username"),
                (json!({"student_number": " "}), "/student_number"),
            ] {
                let refused = patch(body).await;
                assert_eq!((refused.status.as_u16(), &refused.json()["errors"][0]["pointer"]), (422, &json!(pointer)));
            }
            let me = get(&server, &world.admin, "/api/v1/users/me").await;
            let own = format!("/api/v1/users/{}", me["id"]);
            let request = server.request(Method::PATCH, &own).bearer(&world.admin);
            assert_eq!(request.json(&json!({"student_number": "1"})).send().await.status, 422, "staff have none");

            let admin = Browser::signed_in(&server, &admin_name()).await;
            let page = admin.open(&format!("/admin/users/{}", world.student_id)).await.text();
            let log = page.split_once("id=\"log\"").unwrap().1;
            assert!(log.contains("Username changed") && log.contains("Wei.Neu → wei.NEU"), "{log}");
            assert!(log.contains("Student number changed") && log.contains("→ N-77"), "{log}");
            assert!(page.contains("name=\"username\" value=\"wei.NEU\""), "{page}");
        })
        .await;
    }

    /// Lists of scores are matched by the number: two that look the same would take each other's scores.
    async fn a_number_that_looks_like_another_students_is_given_to_nobody(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let path = format!("/api/v1/users/{}", world.student_id);
            let renumber = async |number: &str| {
                let request = server.request(Method::PATCH, &path).bearer(&world.admin);
                request.json(&json!({"student_number": number})).send().await
            };
            let add = async |username: &str, number: &str| {
                let request = server.request(Method::POST, "/api/v1/users").bearer(&world.admin);
                let new = json!({"username": username, "name": "New", "role": "student", "student_number": number});
                request.json(&new).send().await
            };
            assert_eq!(add("held", "Z77").await.status, 201);
            for number in ["Z77", "z77", "\u{ff3a}77", "Z\u{ff17}7", "Z 77", "0Z77", " Z77 "] {
                for refused in [renumber(number).await, add("another", number).await] {
                    let problem = refused.json();
                    assert_eq!((refused.status.as_u16(), &problem["code"]), (409, &json!("already_exists")), "{number:?}: {problem}");
                    assert_eq!(problem["errors"][0]["pointer"], "/student_number", "{number:?}");
                }
            }
            assert!(renumber("0Z77").await.text().contains("Z77 is the number of New"));
            for number in ["Z\u{200b}77", "\u{2060}1", "7\u{ad}7"] {
                assert_eq!((renumber(number).await.status.as_u16(), add("another", number).await.status.as_u16()), (422, 422), "{number:?}");
            }
            // what is kept has its plain width; one's own number is like no other's
            assert_eq!(renumber("\u{ff3a}78").await.json()["student_number"], "Z78");
            assert_eq!(renumber("0Z78").await.json()["student_number"], "0Z78");
            assert_eq!(add("HELD", "Z99").await.json()["errors"][0]["pointer"], "/username");

            let admin = Browser::signed_in(&server, &admin_name()).await;
            let class = format!("/admin/classes/{}", world.class);
            admin.open(&class).await;
            let one = admin.submit(&format!("{class}/pupils"), &[("pupil_number", "z77"), ("pupil_name", "Li")]).await;
            assert_eq!(one.status, 409);
            assert!(one.text().contains("id=\"pupil_number-error\"") && one.text().contains("differs only in zeros"), "{}", one.text());
            let list = admin.submit(&format!("{class}/pupils"), &[("pupils", "Y1 A\n\u{ff39}1 B\nz77 C")]).await;
            assert!(list.text().contains("An earlier line has this number"), "{}", list.text());
            let list = admin.submit(&format!("{class}/pupils"), &[("pupils", "Y1 A\nz77 C")]).await;
            assert_eq!(list.status, 422);
            assert!(list.text().contains("differs only in zeros"), "{}", list.text());
        })
        .await;
    }

    async fn who_teaches_what_stands_on_one_page(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let admin = Browser::signed_in(&server, &admin_name()).await;
            let course = get(&server, &world.admin, &format!("/api/v1/courses/{}", world.course)).await;
            let page = async || admin.open(&format!("/admin/teaching?term={}", course["term"]["id"])).await.text();
            let cell = format!("href=\"/admin/courses/{}\"", world.course);
            let teacher = course["teachers"][0]["name"].as_str().unwrap();
            let before = page().await;
            let of_course = |text: &str| text.split_once(&cell).unwrap().1.split_once("</td>").unwrap().0.to_owned();
            assert!(of_course(&before).contains(teacher), "{before}");
            let untaught = |text: &str| ["没有任课教师", "Nobody teaches"].iter().any(|words| text.contains(words));
            assert!(!untaught(&before) && before.matches("<tr>").count() > 2);
            let path = format!("/api/v1/courses/{}", world.course);
            let taken = server.request(Method::PATCH, &path).bearer(&world.admin).json(&json!({"teacher_ids": []})).send().await;
            assert_eq!(taken.status, 200);
            assert!(untaught(&page().await), "how many have nobody");
            assert!(of_course(&page().await).contains(course["class"]["name"].as_str().unwrap()), "said to whom it is not told by place");
            // A class without courses stands there, too, and each gap leads to adding one.
            let class = add_class(&server, [course["term"]["school_year"].as_str().unwrap(), "Grade 9", "Late"]).await;
            let gap = format!("href=\"/admin/courses?term={}&#38;class={class}#add\"", course["term"]["id"]);
            let after = page().await;
            assert!(after.contains("Late") && after.contains(&gap), "{after}");
            assert!(admin.open("/admin/courses").await.text().contains("href=\"/admin/teaching"));
        })
        .await;
    }

    async fn a_new_student_begins_in_a_class(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let admin = Browser::signed_in(&server, &admin_name()).await;
            admin.open("/admin/users/new").await;
            let class = world.class.to_string();
            let add = async |username: &str, role: &str, number: &str, from: &str| {
                let fields = [
                    ("username", username), ("name", "New"), ("role", role), ("student_number", number),
                    ("locale", "en"), ("class_id", class.as_str()), ("from", from),
                ];
                admin.submit("/admin/users/new", &fields).await
            };
            let staff = add("new.teacher", "teacher", "", "").await;
            assert_eq!(staff.status, 422);
            assert!(staff.text().contains("id=\"class_id-error\""), "{}", staff.text());
            assert!(staff.text().contains(&format!("value=\"{class}\" selected")), "what was chosen stays");
            let late = add("new.pupil", "student", "N-1", "soon").await;
            assert_eq!(late.status, 422);
            assert!(late.text().contains("id=\"from-error\""), "{}", late.text());
            assert_eq!(add("new.pupil", "student", "N-1", "2026-09-01").await.status, 201);
            let members = get(&server, &world.admin, &format!("/api/v1/classes/{class}/students?limit=200")).await;
            let new = members["items"].as_array().unwrap().iter().find(|one| one["student_number"] == "N-1");
            assert_eq!(new.unwrap()["starts_on"], "2026-09-01");
        })
        .await;
    }

    async fn a_search_without_a_hit_says_so_and_leads_back(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let admin = Browser::signed_in(&server, &admin_name()).await;
            let import = format!("/courses/{}/import", world.course);
            for path in ["/admin/users", "/admin/classes", "/admin/courses", "/admin/exams"] {
                let page = admin.open(&format!("{path}?q=no%3Cb%3Esuch")).await.text();
                assert!(page.contains("value=\"no&#60;b&#62;such\""), "{path}: {page}");
                let empty = page.split_once("class=\"empty\"").unwrap().1;
                assert!(empty.split_once("</div>").unwrap().0.contains(&format!("href=\"{path}")), "{path}");
            }
            // Before there is anything, there is nothing to search.
            for path in ["/admin/imports", &import] {
                assert!(!admin.open(path).await.text().contains("role=\"search\""), "{path}");
                let page = admin.open(&format!("{path}?q=nosuch")).await.text();
                assert!(page.contains("value=\"nosuch\""), "{path}: {page}");
            }
            let courses = admin.open("/admin/courses").await.text();
            assert!(courses.contains(&format!("id=\"class-of-{}\"", world.class)), "{courses}");
        })
        .await;
    }
}
