package dev.sandboxer.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.config.yaml.ConfigProblem;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.routing.JarredExtension;
import dev.sandboxer.testing.FakeExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mistakes in a file that is valid YAML. */
class ConfigProblemsTest {
    @TempDir
    Path dir;

    @Test
    void every_wrong_value_is_reported_with_its_place() throws IOException {
        assertProblems(
                """
                defaultProfile: ci
                profiles:
                  profile.ci:
                    description: [a, b]
                    rout: [ext.local]
                    route:
                      - ext.local
                      - local
                      - ext.local
                    templates:
                      ext.local:
                      Ext.E2B: x
                    cpu: lots
                    memory: "4 gigs"
                    disk: 0GiB
                    ttl: 900
                    maxTtl: {h: 1}
                    network: nobody
                    env:
                      A B: secret
                      X: ~
                      NUL: "a\\0b"
                    template: My Site
                """,
                "config.yaml:4:18 profiles.profile.ci.description: is a list; expected one value",
                "config.yaml:5:5 profiles.profile.ci.rout: is not a known key; did you mean route?",
                "config.yaml:8:9 profiles.profile.ci.route[1]: not an extension id: \"local\""
                        + " (expected ext.<name> with lower-case letters, digits and dashes)",
                "config.yaml:9:9 profiles.profile.ci.route[2]: ext.local is in the route twice",
                "config.yaml:11:17 profiles.profile.ci.templates.ext.local: is empty",
                "config.yaml:12:7 profiles.profile.ci.templates.Ext.E2B: not an extension id: \"Ext.E2B\""
                        + " (expected ext.<name> with lower-case letters, digits and dashes)",
                "config.yaml:13:10 profiles.profile.ci.cpu: \"lots\" is not a number of CPUs (examples: 0.5, 2, 500m)",
                "config.yaml:14:13 profiles.profile.ci.memory: \"4 gigs\" is not a size (examples: 512MiB, 4GiB)",
                "config.yaml:15:11 profiles.profile.ci.disk: \"0GiB\" is zero; the smallest size is 1MiB"
                        + " (examples: 512MiB, 4GiB)",
                "config.yaml:16:10 profiles.profile.ci.ttl: \"900\" has no unit; is it 900s?"
                        + " (examples: 90s, 15m, 1h30m, 2d)",
                "config.yaml:17:13 profiles.profile.ci.maxTtl: has keys of its own; expected one value",
                "config.yaml:18:14 profiles.profile.ci.network: \"nobody\" is not a network policy"
                        + " (there are none, all, deny and backend-default)",
                "config.yaml:20:7 profiles.profile.ci.env.A B: is not a variable's name (letters, digits and _ only)",
                "config.yaml:21:10 profiles.profile.ci.env.X: is empty; write \"\" for an empty text",
                "config.yaml:22:12 profiles.profile.ci.env.NUL: contains a NUL character, which is not allowed; remove it",
                "config.yaml:23:15 profiles.profile.ci.template: is not the name of a built template, NAME or NAME:TAG");
    }

    @Test
    void a_missing_key_is_reported_where_the_profile_begins() throws IOException {
        assertProblems(
                "profiles:\n  ci:\n    description: nothing else\n",
                "config.yaml:2:3 profiles.ci.route: is missing",
                "config.yaml:2:3 profiles.ci.cpu: is missing",
                "config.yaml:2:3 profiles.ci.memory: is missing",
                "config.yaml:2:3 profiles.ci.disk: is missing",
                "config.yaml:2:3 profiles.ci.ttl: is missing",
                "config.yaml:2:3 profiles.ci.maxTtl: is missing");
    }

    @Test
    void a_route_names_at_least_one_extension() throws IOException {
        assertProblems(profile("route: []", "ttl: 1m"), "config.yaml:3:12 profiles.ci.route: is empty");
        assertProblems(
                profile("route:", "ttl: 1m"),
                "config.yaml:3:11 profiles.ci.route: is empty; expected a list such as [a, b]");
        assertProblems(
                profile("route: ext.local", "ttl: 1m"),
                "config.yaml:3:12 profiles.ci.route: is one value; expected a list such as [a, b]");
    }

    @Test
    void each_extension_of_a_route_needs_a_template() throws IOException {
        assertProblems(
                profile("route: [ext.local, ext.e2b, ext.modal]", "ttl: 1m"),
                "config.yaml:4:16 profiles.ci.templates: names no template for ext.e2b, which is in the route",
                "config.yaml:4:16 profiles.ci.templates: names no template for ext.modal, which is in the route");
    }

    @Test
    void ttl_is_positive_and_at_most_maxTtl() throws IOException {
        assertProblems(
                profile("route: [ext.local]", "ttl: 0s"),
                "config.yaml:8:10 profiles.ci.ttl: \"0s\" is zero; write a positive duration (examples: 15m, 24h)");
        assertProblems(
                profile("route: [ext.local]", "ttl: 25h"),
                "config.yaml:8:10 profiles.ci.ttl: 1d1h is longer than maxTtl, 1d");
    }

    @Test
    void a_repeated_key_is_reported() throws IOException {
        assertProblems(
                "profiles: {}\nextensions: {ext.local: {enabled: true, enabled: false}}\nprofiles: {}\n",
                "config.yaml:2:41 extensions.ext.local.enabled: appears twice, first in line 2",
                "config.yaml:3:1 profiles: appears twice, first in line 1");
        String one = profile("route: [ext.local]", "ttl: 1m");
        assertProblems(
                one + one.substring(one.indexOf('\n') + 1).replace("  ci:", "  profile.ci:"),
                "config.yaml:10:3 profiles.profile.ci: profile.ci appears twice, with and without \"profile.\"");
    }

    @Test
    void keys_and_values_of_the_wrong_kind_are_reported() throws IOException {
        assertProblems("- a\n- b\n", "config.yaml:1:1: is a list; expected keys with values");
        assertProblems("hello\n", "config.yaml:1:1: is one value; expected keys with values");
        assertProblems("profiles: 7\n", "config.yaml:1:11 profiles: is one value; expected keys with values");
        assertProblems("defaultProfile:\n", "config.yaml:1:16 defaultProfile: is empty");
        assertProblems("? [a, b]\n: 1\n", "config.yaml:1:3: a key must be plain text");
        assertProblems(
                "extensions: {ext.local: {enabled: yes}, ext.E2B: {}, ext.x: false}\n",
                "config.yaml:1:35 extensions.ext.local.enabled: \"yes\" is neither true nor false",
                "config.yaml:1:41 extensions.ext.E2B: not an extension id: \"ext.E2B\""
                        + " (expected ext.<name> with lower-case letters, digits and dashes)",
                "config.yaml:1:61 extensions.ext.x: is one value; expected keys with values");
        assertProblems(
                "other: 1\n",
                "config.yaml:1:1 other: is not a known key; known are defaultProfile, profiles, templates, extensions,"
                        + " consumers, unsecuredSandboxes, answerLimit, host");
        assertProblems(
                "profiles: {Big One: {}}\n",
                "config.yaml:1:12 profiles.Big One: not a profile's name: \"profile.Big One\""
                        + " (expected profile.<name> with lower-case letters, digits and dashes)");
    }

    @Test
    void every_wrong_setting_of_the_host_is_reported_with_its_place() throws IOException {
        assertProblems(
                "host: {reserveMemory: 1, reserveDisk: none, reserveProcesses: -1, overcommit: 0, reserve: 1}\n",
                "config.yaml:1:23 host.reserveMemory: \"1\" has no unit; is it 1MiB? (examples: 512MiB, 4GiB)",
                "config.yaml:1:39 host.reserveDisk: \"none\" is not a size (examples: 512MiB, 4GiB)",
                "config.yaml:1:63 host.reserveProcesses: \"-1\" is not a number of processes (example: 4096)",
                "config.yaml:1:79 host.overcommit: \"0\" is not a factor above 0 and up to 1000 (examples: 1, 1.5, 16)",
                "config.yaml:1:82 host.reserve: is not a known key; did you mean reserveDisk, reserveMemory or"
                        + " reserveProcesses?");
    }

    @Test
    void the_directory_of_packages_must_exist() throws IOException {
        assertProblems(
                "host: {packages: nowhere}\n",
                "config.yaml:1:18 host.packages: \"nowhere\" is not the path of a directory laid out as /etc/apt"
                        + " (example: /etc/apt)");
    }

    @Test
    void every_wrong_limit_of_a_consumer_is_reported_with_its_place() throws IOException {
        assertProblems(
                """
                consumers:
                  acme:
                    defaultProfile: base
                    profiles: [local-large, lokal]
                    maxLive: -1
                    maxCpu: many
                    maxMemory: 4
                    maxRate: 5
                    maxTtl: 0s
                    maxTime: 1h
                  Acme: {maxLive: 1}
                  other: {maxRate: 0/s, profiles: []}
                  third: {defaultProfile: base, profiles: [local-large]}
                """,
                "config.yaml:4:29 consumers.acme.profiles[1]: profile \"lokal\" not found; list all with: sandboxer profiles",
                "config.yaml:5:14 consumers.acme.maxLive: \"-1\" is not a whole number from 0 to 999999999",
                "config.yaml:6:13 consumers.acme.maxCpu: \"many\" is not a number of CPUs (examples: 0.5, 2, 500m)",
                "config.yaml:7:16 consumers.acme.maxMemory: \"4\" has no unit; is it 4MiB? (examples: 512MiB, 4GiB)",
                "config.yaml:8:14 consumers.acme.maxRate: \"5\" is not a rate in creations per second"
                        + " (examples: 5/s, 0.5/s, and with 20 at once 5/s:20)",
                "config.yaml:9:13 consumers.acme.maxTtl: \"0s\" is zero; write a positive duration (examples: 15m, 24h)",
                "config.yaml:10:5 consumers.acme.maxTime: is not a known key; did you mean maxLive?",
                "config.yaml:11:3 consumers.Acme: a consumer's name has 1 to 64 lower-case letters, digits, dots,"
                        + " dashes or underscores, and begins and ends with a letter or digit",
                "config.yaml:12:20 consumers.other.maxRate: \"0/s\" is out of range: a rate must be from 0.001/s to"
                        + " 1000000/s (examples: 5/s, 0.5/s, and with 20 at once 5/s:20)",
                "config.yaml:12:35 consumers.other.profiles: is empty",
                "config.yaml:13:27 consumers.third.defaultProfile: the default profile.base is not among the allowed"
                        + " profiles, profile.local-large");
    }

    @Test
    void tags_and_merge_keys_have_no_meaning() throws IOException {
        assertProblems(
                "defaultProfile: !!str base\nextensions: !!java.net.URLClassLoader [x]\n",
                "config.yaml:1:17 defaultProfile: YAML tags (here tag:yaml.org,2002:str) are not supported; remove them",
                "config.yaml:2:13 extensions: YAML tags (here tag:yaml.org,2002:java.net.URLClassLoader) are not"
                        + " supported; remove them");
        assertProblems(
                "extensions: {ext.a: &a {}, ext.b: {<<: *a}}\n",
                "config.yaml:1:36 extensions.ext.b.<<: is not a known key; known are enabled, creationsPerSecond, sandboxes, maxWait");
    }

    @Test
    void a_default_profile_that_is_broken_is_not_called_unknown() throws IOException {
        assertProblems(
                "defaultProfile: ci\n" + profile("route: [ext.local]", "ttl: x"),
                "config.yaml:9:10 profiles.ci.ttl: \"x\" is not a duration (examples: 90s, 15m, 1h30m, 2d)");
    }

    @Test
    void a_problem_shows_neither_values_of_variables_nor_control_characters() throws IOException {
        Files.writeString(
                dir.resolve("config.yaml"),
                "\"\\e[31m\\n\\u202e" + "k".repeat(900) + "\": 1\n"
                        + "profiles: {ci: {env: {A-B: hunter2, C: [hunter2], D: \"hunter2\\0\"}, ttl: \"\\e[2J\"}}\n");
        assertThat(new ConfigFile(new Home(dir)).check(Installed.ANYTHING))
                .hasSizeGreaterThan(5)
                .allSatisfy(problem -> assertThat(problem.toString())
                        .hasSizeLessThan(900)
                        .doesNotContain("hunter2")
                        .doesNotContainPattern("[\\p{Cntrl}\u202e]"));
    }

    @Test
    void unknown_extensions_and_templates_are_reported_with_similar_names() throws IOException {
        Files.writeString(dir.resolve("config.yaml"), """
                profiles:
                  profile.a:
                    route: [ext.locl]
                    templates: {ext.locl: base, ext.zzz: y}
                    cpu: 1
                    memory: 1G
                    disk: 1G
                    ttl: 1h
                    maxTtl: 1h
                    credentials: {ext.locl: mine}
                  profile.b:
                    route: [ext.local, ext.jarred]
                    templates: {ext.local: bse, ext.jarred: whatever}
                    cpu: 1
                    memory: 1G
                    disk: 1G
                    ttl: 1h
                    maxTtl: 1h
                extensions:
                  ext.foo: {enabled: false}
                  ext.jarred: {enabled: false}
                """);
        ConfigFile file = new ConfigFile(new Home(dir));

        assertThat(
                        file
                                .check(List.of(
                                        FakeExtension.named("local", InstantSource.system()), new JarredExtension()))
                                .stream()
                                .map(ConfigProblem::toString))
                .containsExactly(
                        "config.yaml:3:13 profiles.profile.a.route[0]: ext.locl is not installed here;"
                                + " did you mean ext.local?",
                        "config.yaml:4:17 profiles.profile.a.templates.ext.locl: ext.locl is not installed here;"
                                + " did you mean ext.local?",
                        "config.yaml:4:33 profiles.profile.a.templates.ext.zzz: ext.zzz is not installed here;"
                                + " there are ext.jarred, ext.local",
                        "config.yaml:10:19 profiles.profile.a.credentials.ext.locl: ext.locl is not installed here;"
                                + " did you mean ext.local?",
                        "config.yaml:13:28 profiles.profile.b.templates.ext.local: \"bse\" is not a template of ext.local;"
                                + " did you mean base?",
                        "config.yaml:20:3 extensions.ext.foo: ext.foo is not installed here;"
                                + " there are ext.jarred, ext.local");
    }

    @Test
    void a_snapshot_is_accepted_as_a_template() throws IOException {
        Files.writeString(
                dir.resolve("config.yaml"),
                profile("route: [ext.local]", "ttl: 1h").replace("base", "\"snapshot:s1\""));

        assertThat(new ConfigFile(new Home(dir)).check(List.of(FakeExtension.named("local", InstantSource.system()))))
                .isEmpty();
    }

    @Test
    void a_file_may_name_extensions_that_only_other_machines_have() throws IOException {
        Files.writeString(
                dir.resolve("config.yaml"),
                profile("route: [ext.local]", "ttl: 1h") + "extensions: {ext.elsewhere: {enabled: false}}\n");

        assertThat(new ConfigFile(new Home(dir)).config().extensions()).containsKey(new ExtensionId("ext.elsewhere"));
    }

    private static String profile(String route, String ttl) {
        return """
                profiles:
                  ci:
                    %s
                    templates: {ext.local: base}
                    cpu: 1
                    memory: 1G
                    disk: 1G
                    %s
                    maxTtl: 24h
                """.formatted(route, ttl);
    }

    private void assertProblems(String text, String... lines) throws IOException {
        Files.writeString(dir.resolve("config.yaml"), text);
        assertThat(new ConfigFile(new Home(dir))
                        .check(Installed.ANYTHING).stream().map(ConfigProblem::toString))
                .containsExactly(lines);
    }
}
