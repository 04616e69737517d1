package dev.sandboxer.cli.sandboxes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The command line with the stub of a cloud. After each failure no sandbox is left. */
class SaasStubIT {
    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    @AfterEach
    void nothing_is_left() {
        cli.run("destroy", "--all");
        assertThat(cli.run("ls", "-q").out()).as("in the books").isEmpty();
        assertThat(Cli.entries(cli.home().resolve("saas-stub/local/s")))
                .as("on this host")
                .isEmpty();
    }

    /** Writes two profiles whose template at the stub has a plan. One runs only there, the other also on this host. */
    private void plan(String plan) throws IOException {
        Files.writeString(cli.home().resolve("config.yaml"), """
                profiles:
                  profile.stub:
                    route: [ext.saas-stub]
                    templates: {ext.saas-stub: &template "base; %s"}
                    cpu: 1
                    memory: 128MiB
                    disk: 64MiB
                    ttl: 5m
                    maxTtl: 1h
                  profile.either:
                    route: [ext.saas-stub, ext.local]
                    templates: {ext.saas-stub: *template, ext.local: base}
                    cpu: 1
                    memory: 128MiB
                    disk: 64MiB
                    ttl: 5m
                    maxTtl: 1h
                """.formatted(plan));
    }

    private String made(String profile) {
        var result = cli.run("create", "-p", profile);
        assertThat(result.status()).as(result.err()).isZero();
        return result.line();
    }

    @Test
    void the_stub_runs_a_command_without_an_account_and_charges_for_it() {
        assertThat(cli.run("run", "--profile", "profile.saas-stub", "--", "echo", "hi")
                        .out())
                .isEqualTo("hi\n");
        assertThat(cli.run("route", "burst-sandbox").out().lines().toList())
                .anySatisfy(
                        line -> assertThat(line).startsWith("ext.saas-stub").contains("eligible", "0.153", "0.01375"));
        assertThat(cli.run("run", "-p", "burst-sandbox", "--", "echo", "hi").out())
                .isEqualTo("hi\n");
    }

    @Test
    void the_plan_of_the_environment_counts_calls_across_processes() {
        var process = cli.process().with("SANDBOXER_STUB_PLAN", "create throttled times=1");

        var throttled = process.run("run", "-p", "saas-stub", "--", "echo", "hi");

        assertThat(throttled.status()).isEqualTo(125);
        assertThat(throttled.err()).contains("create throttled (rule").contains("[no_candidate]");
        assertThat(process.run("run", "-p", "saas-stub", "--", "echo", "hi").out())
                .isEqualTo("hi\n");
    }

    @Test
    void a_full_cloud_is_passed_over_for_the_next_of_the_route() throws IOException {
        plan("capacity 1");
        var first = made("either");
        assertThat(cli.run("show", first).out()).contains("ext.saas-stub");

        assertThat(cli.run("create", "-p", "stub").err()).contains("1 of 1 are live");
        assertThat(cli.run("show", made("either")).out()).contains("ext.local");

        cli.run("destroy", first);
        assertThat(cli.run("show", made("either")).out()).contains("ext.saas-stub");
    }

    @Test
    void a_creation_whose_answer_is_lost_is_found_and_used() throws IOException {
        plan("create loseResponse");
        assertThat(cli.run("run", "-p", "stub", "--", "echo", "found").out()).isEqualTo("found\n");
    }

    @Test
    void after_a_creation_with_no_answer_and_no_effect_the_next_candidate_is_tried() throws IOException {
        plan("create hang");
        assertThat(cli.run("create", "-p", "stub").err()).contains("create got no answer");
        assertThat(cli.run("show", made("either")).out()).contains("ext.local");
    }

    @Test
    void after_an_unknown_outcome_no_other_candidate_is_tried_and_the_next_command_settles_it() throws IOException {
        plan("create loseResponse; find transient times=1");

        var unknown = cli.process().run("create", "-p", "either");

        assertThat(unknown.status()).isEqualTo(125);
        assertThat(unknown.err()).contains("ext.saas-stub may have created sandbox");
        assertThat(cli.directories()).as("nothing is tried on this host").isEmpty();
        assertThat(cli.run("ls").err()).contains("its creation was interrupted; cleaned up");
    }

    @Test
    void the_lifetime_that_the_backend_grants_is_shown() throws IOException {
        plan("maxLife 1m");
        var id = made("stub");
        assertThat(cli.run("extend", id, "30m").out()).contains(id + " ends at");
        assertThat(cli.run("ls").out()).contains("in 5").doesNotContain("in 30m");
    }

    @Test
    void a_sandbox_that_vanishes_is_listed_as_lost() throws IOException {
        plan("connect expire times=1");
        var id = made("stub");
        assertThat(cli.run("exec", id, "true").err()).contains("has ended (lost");
        assertThat(cli.run("ls", "--all").out()).contains("  lost  ");
    }

    @Test
    void a_failed_destruction_is_repeated_by_the_next_commands() throws IOException {
        plan("destroy transient times=1");
        var id = made("stub");
        assertThat(cli.process().run("destroy", id).err()).contains("could not end sandbox " + id);
        assertThat(cli.run("ls").err()).contains("its end was interrupted; cleaned up");
    }

    @Test
    void an_extension_with_an_unreadable_plan_is_skipped() throws IOException {
        plan("create throtled");
        assertThat(cli.run("route", "stub").out()).contains("\"throtled\" is not a fault");
        assertThat(cli.process()
                        .with("SANDBOXER_STUB_PLAN", "capacty 1")
                        .run("doctor")
                        .out())
                .contains("\"capacty 1\": \"capacty\" is not a setting")
                .contains("correct or unset SANDBOXER_STUB_PLAN");
    }
}
