//! The demo school's ids, looked up through the interface.

use serde_json::Value;

use crate::harness::TestServer;

/// Ids of one class and its mathematics course, and tokens of the people around it.
pub(crate) struct World {
    pub(crate) admin: String,
    /// Teaches mathematics to the class.
    pub(crate) teacher: String,
    pub(crate) teacher_id: i64,
    /// The same teacher's username.
    pub(crate) teacher_name: String,
    /// Teaches, but not this course.
    pub(crate) other_teacher: String,
    /// In the class.
    pub(crate) student: String,
    pub(crate) course: i64,
    pub(crate) class: i64,
    /// The course's only category.
    pub(crate) category: i64,
    /// The mid-term exam: a draft.
    pub(crate) exam: i64,
    /// Its assessment in the course.
    pub(crate) draft: i64,
    /// The monthly exam's assessment in the course.
    pub(crate) published: i64,
    pub(crate) students: Vec<i64>,
    pub(crate) student_id: i64,
    /// The batch with the published scores of the teacher.
    pub(crate) batch: i64,
}

impl World {
    /// Signs everybody in.
    pub(crate) async fn of(server: &TestServer) -> Self {
        let demo = gradebook_app::demo::demo_accounts();
        let admin = server.token(&demo.admin.username).await;
        let (student_name, student) = {
            let username = demo.students[0].username.as_str();
            (username, server.token(username).await)
        };
        let me = server.get("/api/v1/users/me").bearer(&student).send().await;
        let student_id = me.json()["id"].as_i64().unwrap();
        assert_eq!(me.json()["username"], student_name);
        let listed = server
            .get("/api/v1/courses?limit=200")
            .bearer(&student)
            .send()
            .await
            .json();
        let course = find(&listed["items"], |one| {
            one["subject"]["code"] == "mathematics"
        });
        let teaching = |what: &str| {
            let taught = demo.teachers.iter().find(|one| one.what.starts_with(what));
            taught.unwrap().username.as_str()
        };
        let teacher_name = teaching("数学").to_owned();
        let teacher = server.token(&teacher_name).await;
        let other_teacher = server.token(teaching("语文")).await;
        let course_id = course["id"].as_i64().unwrap();
        let book = server
            .get(&format!("/api/v1/courses/{course_id}/gradebook"))
            .bearer(&admin)
            .send()
            .await
            .json();
        let draft = find(&book["assessments"], |one| one["state"] == "draft");
        let published = find(&book["assessments"], |one| one["state"] == "published");
        let published = published["id"].as_i64().unwrap();
        let history = server
            .get(&format!(
                "/api/v1/assessments/{published}/students/{student_id}/history"
            ))
            .bearer(&admin)
            .send()
            .await
            .json();
        Self {
            admin,
            teacher,
            teacher_id: course["teachers"][0]["id"].as_i64().unwrap(),
            teacher_name,
            other_teacher,
            student,
            course: course_id,
            class: course["class"]["id"].as_i64().unwrap(),
            category: book["categories"][0]["id"].as_i64().unwrap(),
            exam: draft["exam_id"].as_i64().unwrap(),
            draft: draft["id"].as_i64().unwrap(),
            published,
            batch: history["items"][0]["batch_id"].as_i64().unwrap(),
            students: book["students"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["id"].as_i64().unwrap())
                .collect(),
            student_id,
        }
    }

    /// The gradebook of the course as its teacher sees it.
    pub(crate) async fn book(&self, server: &TestServer) -> Value {
        server
            .get(&format!("/api/v1/courses/{}/gradebook", self.course))
            .bearer(&self.teacher)
            .send()
            .await
            .json()
    }
}

/// The first item that fits.
pub(crate) fn find(items: &Value, fits: impl Fn(&Value) -> bool) -> Value {
    items
        .as_array()
        .unwrap()
        .iter()
        .find(|item| fits(item))
        .unwrap_or_else(|| panic!("nothing fits in {items}"))
        .clone()
}

/// The stored cell of a gradebook, if it was ever written.
pub(crate) fn cell(book: &Value, assessment: i64, student: i64) -> Option<Value> {
    book["scores"]
        .as_array()
        .unwrap()
        .iter()
        .find(|cell| cell["assessment_id"] == assessment && cell["student_id"] == student)
        .cloned()
}

/// The version of a cell, 0 for one that was never written.
pub(crate) fn version(book: &Value, assessment: i64, student: i64) -> i64 {
    cell(book, assessment, student).map_or(0, |cell| cell["version"].as_i64().unwrap())
}
