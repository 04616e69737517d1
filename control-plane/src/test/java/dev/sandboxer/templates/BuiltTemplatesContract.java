package dev.sandboxer.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.consumers.ConsumerProfiles;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.launch.Launch;
import dev.sandboxer.launch.Probe;
import dev.sandboxer.launch.ReadyCheck;
import dev.sandboxer.launch.StartCommand;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.profiles.Options;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileCatalogue;
import dev.sandboxer.profiles.ProfileName;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.FakeProcesses.Act;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of {@link BuiltTemplates}, on every database. */
abstract class BuiltTemplatesContract {
    private static final String ME = TestInstallation.ME;

    @TempDir(factory = MemoryDirectory.class)
    Path home;

    private final List<String> ran = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private TestInstallation installation;
    private ControlPlane process;
    private BuiltTemplates templates;

    /** Returns an empty database for one test. */
    abstract TestDatabase database(Path home);

    @BeforeEach
    void open() {
        installation = new TestInstallation(home, database(home));
        process = installation.start();
        var profile = installation.profile();
        var catalogue = new ProfileCatalogue(profile.name(), List.of(profile));
        templates = process.templates(new ConsumerProfiles(() -> catalogue, process.consumers()), installation.clock());
        installation.first().run(this::act);
    }

    @AfterEach
    void close() {
        process.close();
    }

    private Act act(ProcessSpec spec) {
        var line = StartCommand.lineOf(spec.argv());
        if (StartCommand.TAG.equals(spec.tag())) {
            return new Act("", null);
        }
        ran.add(line);
        return line.startsWith("fail") ? new Act("so it is\n", 3) : new Act("did " + line + "\n", 0);
    }

    private static Recipe recipe(Step... steps) {
        return new Recipe(null, false, List.of(steps), null, null);
    }

    private static Step.Run run(String line) {
        return new Step.Run(line, null);
    }

    private Build build(String name, Recipe recipe, String... tags) {
        var waiting = templates.request(ME, TemplateRef.parse(name), List.of(tags), null, null);
        return templates.build(waiting, recipe, BuildFiles.NONE, line -> log.add(line.message()));
    }

    private @Nullable String snapshot(String name) {
        return templates.find(ME, name).map(found -> found.snapshot().id()).orElse(null);
    }

    @Test
    void a_build_keeps_the_disk_and_ends_its_sandbox() {
        var built = build("web", recipe(run("make"), new Step.Env(Map.of("A", "b"))));

        assertThat(built.state()).isEqualTo(Build.State.READY);
        assertThat(installation.running()).isEmpty();
        var found = templates.find(ME, "web").orElseThrow();
        assertThat(found.snapshot().launch()).isEqualTo(new Launch(null, null, Map.of("A", "b"), null, null));
        assertThat(log).contains("[1/2] RUN make", "did make", "[2/2] ENV A=b");
        assertThat(templates.log(built, 0, 100).stream().map(BuildLine::message))
                .isEqualTo(log);
        assertThat(templates.log(built, 2, 1)).hasSize(1);
    }

    @Test
    void the_start_command_is_tried_once_and_stored_with_the_template() {
        var check = new ReadyCheck(Probe.Command.line("check"), Duration.ofSeconds(30));
        build("web", new Recipe(null, false, List.of(), "serve", check));

        assertThat(ran).contains("check");
        assertThat(templates.find(ME, "web").orElseThrow().snapshot().launch()).isEqualTo(new Launch("serve", check));
    }

    @Test
    void a_failed_step_is_named_and_no_snapshot_is_kept() {
        var failed = build("web", recipe(run("make"), run("fail"), run("never")));

        assertThat(failed.state()).isEqualTo(Build.State.FAILED);
        assertThat(failed.step()).isEqualTo("2");
        assertThat(failed.reason()).isEqualTo("RUN fail: it ended with exit code 3");
        assertThat(ran).doesNotContain("never");
        assertThat(log).contains("so it is");
        assertThat(templates.find(ME, "web")).isEmpty();
        assertThat(installation.running()).isEmpty();
        assertThat(process.sandboxes().snapshots().list(ME, null, null, null, 10))
                .isEmpty();
    }

    @Test
    void of_a_value_that_is_too_long_the_end_is_cut_and_not_the_middle() {
        var fits = "a".repeat(40_000);
        installation.first().run(spec -> new Act(List.of(fits, "b".repeat(40_000), "c"), 0));

        build("web", recipe(new Step.Env(Map.of("A", "$LONG"))));

        var value = templates
                .find(ME, "web")
                .orElseThrow()
                .snapshot()
                .launch()
                .env()
                .get("A");
        assertThat(value).isEqualTo(fits + "b".repeat((64 << 10) - 40_000));
    }

    @Test
    void a_build_without_a_tag_is_deleted_and_a_failed_build_changes_nothing() {
        build("web", recipe(run("one")), "v1");
        var first = snapshot("web");
        build("web", recipe(run("two")));
        assertThat(snapshot("web")).isNotEqualTo(first);
        assertThat(snapshot("web:v1")).isEqualTo(first);
        assertThat(templates.find(ME, "web:v1")).isPresent();

        var second = snapshot("web");
        build("web", recipe(run("fail")));
        assertThat(snapshot("web")).isEqualTo(second);

        templates.unassign(ME, "web", List.of("v1"));
        assertThat(snapshot("web:v1")).isNull();
        assertThat(installation.first().snapshots())
                .noneMatch(kept -> kept.template().contains(String.valueOf(first)));
    }

    @Test
    void steps_that_an_earlier_build_has_run_need_not_run_again() {
        build("web", recipe(run("one"), new Step.Env(Map.of("A", "b")), run("two"), run("fail")));
        ran.clear();
        build("web", recipe(run("one"), new Step.Env(Map.of("A", "b")), run("two"), run("three")));

        assertThat(ran).containsExactly("three");
        assertThat(log).contains("CACHED [3/4] RUN two", "[4/4] RUN three");
        assertThat(templates.find(ME, "web").orElseThrow().snapshot().launch().env())
                .containsEntry("A", "b");

        ran.clear();
        build("web", recipe(run("one"), run("other"), run("two")));
        assertThat(ran).containsExactly("other", "two");

        ran.clear();
        build("web", recipe(run("one"), run("other"), run("two")).withoutCache());
        assertThat(ran).containsExactly("one", "other", "two");

        templates.delete(templates.require(ME, "web"));
        assertThat(installation.first().snapshots()).isEmpty();
    }

    @Test
    void tags_are_given_and_listed() {
        var built = build("web", recipe(), "v1");

        assertThat(templates.assign(ME, "web:v1", List.of("stable")).id()).isEqualTo(built.id());

        assertThat(templates.details(templates.require(ME, "web")).tags().stream()
                        .map(BuiltTemplates.Tag::name))
                .containsExactly("default", "stable", "v1");
        assertFails(ErrorCode.UNKNOWN_TEMPLATE, () -> templates.assign(ME, "web:v2", List.of("x")));
        assertFails(ErrorCode.UNKNOWN_TEMPLATE, () -> templates.assign("other", "web", List.of("x")));
    }

    @Test
    void a_template_is_deleted_with_all_its_builds() {
        build("web", recipe(run("one")), "v1");
        build("web", recipe(run("two")));

        templates.delete(templates.require(ME, "web"));

        assertThat(templates.list(ME)).isEmpty();
        assertThat(installation.first().snapshots()).isEmpty();
    }

    @Test
    void a_template_built_on_another_inherits_its_start_command_and_variables() {
        build("below", new Recipe(null, false, List.of(new Step.Env(Map.of("A", "b"))), "serve", null));
        ran.clear();
        build("above", new Recipe("below", false, List.of(run("more")), null, null));

        assertThat(templates.find(ME, "above").orElseThrow().snapshot().launch())
                .isEqualTo(new Launch("serve", null, Map.of("A", "b"), null, null));
        assertThat(ran).startsWith("more");

        build("other", new Recipe("below", false, List.of(run("more")), "serve otherwise", null));
        assertThat(templates.find(ME, "other").orElseThrow().snapshot().launch().command())
                .isEqualTo("serve otherwise");
    }

    @Test
    void a_build_whose_process_died_has_failed() {
        var waiting = templates.request(ME, TemplateRef.parse("web"), List.of(), null, null);
        process.database().write(handle -> {
            handle.execute("UPDATE template_builds SET state = 'BUILDING', actor = ?", TestInstallation.DEAD);
        });

        templates.settle();

        var given = templates.build(ME, waiting.id());
        assertThat(given.state()).isEqualTo(Build.State.FAILED);
        assertThat(given.reason()).contains("interrupted");
        assertFails(
                ErrorCode.CONFLICT,
                () -> templates.build(waiting, recipe(), BuildFiles.NONE, line -> log.add(line.message())));
    }

    @Test
    void a_template_cannot_have_the_name_of_a_profile() {
        for (String name : List.of("test", "base")) {
            assertFails(
                    ErrorCode.INVALID_ARGUMENT,
                    () -> templates.request(ME, TemplateRef.parse(name), List.of(), null, null));
        }
        for (String name : List.of("", "A", "a b", "a:", "-a", "a:b:c")) {
            assertFails(ErrorCode.INVALID_ARGUMENT, () -> TemplateRef.parse(name));
        }
    }

    @Test
    void a_profile_may_name_a_template() {
        build("web", recipe(new Step.Env(Map.of("A", "b"))));
        var profile = named("web");

        var made = process.sandboxes()
                .create(new ProfileSources(templates)
                        .of(CreateSandbox.of(ME, profile).build()));

        assertThat(made.snapshot()).isEqualTo(snapshot("web"));
        assertThat(made.launch().env()).containsEntry("A", "b");
        assertFails(
                ErrorCode.UNKNOWN_TEMPLATE,
                () -> new ProfileSources(templates)
                        .of(CreateSandbox.of(ME, named("gone")).build()));
    }

    private Profile named(String template) {
        var usual = installation.profile();
        return usual.toBuilder()
                .name(new ProfileName("profile.other"))
                .options(new Options(
                        usual.network(),
                        Map.of(),
                        Set.of(),
                        null,
                        Set.of(),
                        usual.options().outOfCredit(),
                        List.of(),
                        Launch.NOTHING,
                        template))
                .build();
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
