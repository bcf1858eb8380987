//! Rosters by command.

use std::fs;

use gradebook_test_databases::on_both_databases;

use super::Home;

const YEAR: [&str; 2] = ["--school-year", "2026-2027"];

fn import<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut command = vec!["import", "roster", "roster.csv"];
    command.extend(YEAR);
    command.extend(more);
    command
}

on_both_databases! {
    async fn a_roster_sets_a_school_up_by_command(database: TestDatabase) {
        let home = Home::on(&database.url);
        home.run(&["migrate", "up"]).exits(0);
        let write = |text: &str| fs::write(home.path().join("roster.csv"), text).unwrap();
        write("年级,班级,学号,姓名,角色,用户名,备注\n六年级,3班,601,李明,,,x\n六年级,3班,602,王芳,,,\n,,,陈老师,教师,t.chen,\n");

        let refused = home.run(&import(&["--dry-run"])).exits(3);
        assert!(refused.stderr.contains("roster.csv:2: 班级: 3班: there is no class 六年级 3班 in 2026-2027"), "{refused:?}");
        let plan = home.run(&import(&["--create-missing", "--dry-run"])).exits(0);
        assert!(plan.stdout.contains("dry run, nothing was written"), "{plan:?}");
        assert!(plan.stdout.contains("columns that are not read: 备注"), "{plan:?}");
        let json = home.json(&import(&["--create-missing", "--dry-run", "--json"]));
        assert_eq!((&json["summary"]["new"], &json["summary"]["created"]["teachers"]), (&3.into(), &1.into()));
        let hash = json["plan_hash"].as_str().unwrap();

        let done = home.run(&import(&["--create-missing", "--plan-hash", hash])).exits(0);
        assert!(done.stdout.contains("1 classes created, 2 students created, 1 teachers created, 2 joined a class"), "{done:?}");
        assert!(done.stdout.contains("2 students have no password yet: `gradebook user slips --class ID"), "{done:?}");
        let stale = home.run(&import(&["--create-missing", "--plan-hash", hash])).exits(3);
        assert!(stale.stderr.contains("Run it with --dry-run"), "{stale:?}");

        let classes = home.json(&["class", "list", "--json"]);
        let class = classes[0]["id"].to_string();
        let slips = home.run(&["user", "slips", "--class", &class]).exits(0);
        assert!(slips.stdout.contains("601") && slips.stdout.contains("602"), "{slips:?}");

        write("年级,班级,学号,姓名,入班日期\n六年级,4班,601,李明明,2027-03-01\n六年级,3班,,某,\n");
        let wrong = home.run(&import(&["--create-missing"])).exits(3);
        assert!(wrong.stderr.contains("roster.csv:3: 学号: this cell must not be empty"), "{wrong:?}");
        let partial = home.run(&import(&["--create-missing", "--allow-partial"])).exits(0);
        assert!(partial.stdout.contains("was called 李明; leaves 六年级 3班"), "{partial:?}");
        assert!(partial.stdout.contains("rows:      0 new, 1 changed, 0 unchanged, 1 left out"), "{partial:?}");

        write("班级,学号\n3班,601\n");
        let header = home.run(&import(&[])).exits(3);
        assert!(header.stderr.contains("the file has no column 姓名 (name)"), "{header:?}");
        home.run(&["import", "roster", "nowhere.csv"]).exits(1);
    }
}
