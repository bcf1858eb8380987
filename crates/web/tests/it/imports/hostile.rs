//! Files that were made to do harm, or are no tables.

use gradebook_test_databases::on_both_databases;

use super::files::send;
use crate::harness::{TestServer, local};
use crate::workbooks::{NO_TEXTS, files, tall, workbook_of};
use crate::world::World;

on_both_databases! {
    async fn formulas_that_come_to_nothing_are_no_rows(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let course = world.course.to_string();
            let fields = [("course_id", course.as_str())];
            for cell in ["<f>A1</f><v></v>", "<f>A1</f><v> </v>"] {
                let file = workbook_of(&tall(25_000, cell), NO_TEXTS, &[]);
                let path = "/api/v1/imports/scores?dry_run=true";
                let reply = send(&server, &world.teacher, path, ("filled.xlsx", &file), &fields).await;
                assert_eq!((reply.status.as_u16(), reply.code().as_str()), (422, "no_rows"), "{}", reply.text());
            }
        })
        .await;
    }

    async fn a_hostile_file_is_refused_with_a_reason(database: TestDatabase) {
        local(async {
            let server = TestServer::with_demo(database).await;
            let world = World::of(&server).await;
            let course = world.course.to_string();
            for (name, file, code) in files() {
                assert!(file.len() < 10 << 20, "{name}");
                for dry in ["?dry_run=true", ""] {
                    let fields = [("course_id", course.as_str()), ("plan_hash", "0")];
                    let path = format!("/api/v1/imports/scores{dry}");
                    let reply = send(&server, &world.teacher, &path, (name, &file), &fields).await;
                    assert_eq!((reply.status.as_u16(), reply.code().as_str()), (422, code), "{name}: {}", reply.text());
                }
            }
            let large = vec![b'a'; (10 << 20) + 1];
            let fields = [("course_id", course.as_str())];
            let reply = send(&server, &world.teacher, "/api/v1/imports/scores?dry_run=true", ("large.csv", &large), &fields).await;
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (413, "body_too_large"));
            for (kind, status) in [("application/json", 415), ("text/csv", 415), ("multipart/form-data", 415)] {
                let reply = server.post("/api/v1/imports/scores").bearer(&world.teacher).raw(kind, "x").send().await;
                assert_eq!(reply.status.as_u16(), status, "{kind}: {}", reply.text());
            }
            let cut = server.post("/api/v1/imports/scores").bearer(&world.teacher)
                .raw("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc")
                .send().await;
            assert_eq!((cut.status.as_u16(), cut.code().as_str()), (400, "malformed_form"), "{}", cut.text());
            // The server is as it was.
            let book = server.get(&format!("/api/v1/courses/{}/gradebook", world.course)).bearer(&world.teacher).send().await;
            assert_eq!(book.status, 200);
        })
        .await;
    }
}
