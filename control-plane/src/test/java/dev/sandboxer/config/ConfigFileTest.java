package dev.sandboxer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.consumers.CreationRate;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.profiles.ProfileName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
    private static final ExtensionId LOCAL = new ExtensionId("ext.local");
    private static final ExtensionId E2B = new ExtensionId("ext.e2b");
    private static final ExtensionId MODAL = new ExtensionId("ext.modal");
    private static final ExtensionId STUB = new ExtensionId("ext.saas-stub");

    @TempDir
    Path dir;

    @Test
    void without_a_file_the_built_in_configuration_applies() {
        Config config = new ConfigFile(new Home(dir)).config();
        assertThat(config.profiles().all())
                .containsExactly(
                        Profile.builder(config.profiles().defaultProfile().name(), new SandboxSize(1000, 512, 2048))
                                .description("Small and offline, on this machine")
                                .route(List.of(LOCAL))
                                .templates(Map.of(LOCAL, "base"))
                                .ttl(Duration.ofMinutes(15))
                                .maxTtl(Duration.ofHours(24))
                                .images(List.of("python:*", "debian:*"))
                                .build(),
                        Profile.builder(config.profiles().get("burst-sandbox").name(), new SandboxSize(2000, 512, 2048))
                                .description(
                                        "In a cloud, E2B before Modal; without an account for either, in the rehearsal of one")
                                .route(List.of(E2B, MODAL, STUB))
                                .templates(Map.of(E2B, "base", MODAL, "image:debian:bookworm-slim", STUB, "base"))
                                .ttl(Duration.ofMinutes(5))
                                .maxTtl(Duration.ofHours(1))
                                .network(NetworkRules.ALLOW_ALL)
                                .build(),
                        config.profiles().get("code-interpreter"),
                        Profile.builder(config.profiles().get("e2b-burst").name(), new SandboxSize(2000, 512, 2048))
                                .description("In an E2B account, for more than this machine can hold")
                                .route(List.of(E2B))
                                .templates(Map.of(E2B, "base"))
                                .ttl(Duration.ofMinutes(5))
                                .maxTtl(Duration.ofHours(1))
                                .network(NetworkRules.ALLOW_ALL)
                                .build(),
                        Profile.builder(config.profiles().get("local-large").name(), new SandboxSize(4000, 4096, 10240))
                                .description("Large and offline, on this machine")
                                .route(List.of(LOCAL))
                                .templates(Map.of(LOCAL, "base"))
                                .ttl(Duration.ofHours(1))
                                .maxTtl(Duration.ofHours(24))
                                .build(),
                        Profile.builder(
                                        config.profiles().get("modal-gpu").name(),
                                        new SandboxSize(4000, 16384, 20480, new Gpu(1, List.of("L4", "T4"))))
                                .description("With a GPU, in a Modal account")
                                .route(List.of(MODAL))
                                .templates(Map.of(MODAL, "image:debian:bookworm-slim"))
                                .ttl(Duration.ofMinutes(15))
                                .maxTtl(Duration.ofHours(24))
                                .network(NetworkRules.ALLOW_ALL)
                                .build(),
                        Profile.builder(config.profiles().get("saas-stub").name(), new SandboxSize(1000, 512, 2048))
                                .description("Rehearsal of a metered cloud, on this machine")
                                .route(List.of(STUB))
                                .templates(Map.of(STUB, "base"))
                                .ttl(Duration.ofMinutes(5))
                                .maxTtl(Duration.ofHours(1))
                                .build());
        assertThat(config.profiles().defaultProfile().name()).hasToString("profile.base");
        assertThat(config.extension(LOCAL).enabled()).isTrue();
    }

    @Test
    void an_empty_file_changes_nothing() throws IOException {
        Config builtIn = new ConfigFile(new Home(dir.resolve("none"))).config();
        for (String text : List.of("", "\n", "# all\n# commented out\n", "\uFEFF", "profiles:\nextensions:\n", "{}")) {
            assertThat(file(text).config().profiles().all())
                    .isEqualTo(builtIn.profiles().all());
        }
    }

    @Test
    void limits_of_consumers_are_read_and_may_name_profiles_of_the_same_file() throws IOException {
        Config config = file("""
                consumers:
                  acme:
                    defaultProfile: mine
                    profiles: [base, profile.mine]
                    maxLive: 10
                    maxCpu: 7.5
                    maxMemory: 16GiB
                    maxRate: 0.5/s:20
                    maxTtl: 1h30m
                  other:
                    maxLive: 0
                profiles:
                  mine: {route: [ext.local], templates: {ext.local: b}, cpu: 1, memory: 1G, disk: 1G, ttl: 1h, maxTtl: 2h}
                """).config();

        assertThat(config.consumers())
                .isEqualTo(Map.of(
                        "acme",
                        new ConsumerLimits(
                                ProfileName.parse("mine"),
                                List.of(ProfileName.parse("base"), ProfileName.parse("mine")),
                                10,
                                7500,
                                16_384,
                                new CreationRate(500, 20),
                                Duration.ofMinutes(90)),
                        "other",
                        new ConsumerLimits(null, List.of(), 0, null, null, null, null)));
        assertThat(file("consumers:\n").config().consumers()).isEmpty();
    }

    @Test
    void the_code_interpreters_template_name_leads_to_its_profile() {
        var profiles = new ConfigFile(new Home(dir)).config().profiles();
        var interpreter = profiles.get("code-interpreter");

        assertThat(profiles.templates().find("code-interpreter-v1")).hasValue(interpreter.name());
        assertThat(interpreter.options().template()).isEqualTo("kernel-gateway");
        assertThat(interpreter.size()).isEqualTo(new SandboxSize(1000, 1024, 4096));
    }

    @Test
    void template_names_map_to_profiles_by_name_or_pattern() throws IOException {
        var templates = file("""
                templates:
                  opencode: base
                  mastra-*: profile.local-large
                  mastra-x: base
                  mcp-gateway: local-large
                """).config().profiles().templates();

        assertThat(templates.find("opencode")).hasValue(ProfileName.parse("base"));
        assertThat(templates.find("mastra-0123abc")).hasValue(ProfileName.parse("local-large"));
        assertThat(templates.find("mastra-x")).as("the exact name wins").hasValue(ProfileName.parse("base"));
        assertThat(templates.find("mcp-gateway"))
                .as("overrides the built-in name")
                .hasValue(ProfileName.parse("local-large"));
        assertThat(templates.find("Opencode")).isEmpty();
        assertThat(templates.find("mastra")).isEmpty();
        assertThat(templates.of(ProfileName.parse("base"))).containsExactly("opencode", "mastra-x");
        assertThat(new ConfigFile(new Home(dir.resolve("none")))
                        .config()
                        .profiles()
                        .templates()
                        .find("mcp-gateway"))
                .hasValue(ProfileName.parse("base"));
    }

    @Test
    void a_template_needs_a_valid_name_and_an_existing_profile() {
        assertThatThrownBy(() -> file("templates:\n  opencode: nothing\n").config())
                .hasMessageContaining("templates.opencode")
                .hasMessageContaining("nothing");
        assertThatThrownBy(() -> file("templates:\n  'a b': base\n").config()).hasMessageContaining("mastra-*");
    }

    @Test
    void unsecured_sandboxes_is_loopback_always_or_never() throws IOException {
        assertThat(file("templates:\n").config().unsecured()).isEqualTo(UnsecuredSandboxes.LOOPBACK);
        assertThat(file("unsecuredSandboxes: never\n").config().unsecured()).isEqualTo(UnsecuredSandboxes.NEVER);
        assertThat(file("unsecuredSandboxes: always\n").config().unsecured()).isEqualTo(UnsecuredSandboxes.ALWAYS);
        assertThatThrownBy(() -> file("unsecuredSandboxes: yes\n").config())
                .hasMessageContaining("neither loopback, always nor never");
    }

    @Test
    void a_profile_of_the_file_is_added() throws IOException {
        Config config = file("""
                defaultProfile: ci
                profiles:
                  profile.ci:
                    description: "For the pipeline"
                    route: [ext.e2b, ext.local]
                    templates: {ext.local: base, ext.e2b: our-template-1}
                    cpu: 500m
                    memory: 1.5GiB
                    disk: 20G
                    ttl: 1h30m
                    maxTtl: 2d
                    network: backend-default
                    env:
                      CI: true
                      EMPTY: ""
                      NUMBER: 017
                extensions:
                  ext.e2b: {enabled: false}
                """).config();
        Profile ci = config.profiles().get("ci");
        assertThat(ci)
                .isEqualTo(Profile.builder(ci.name(), new SandboxSize(500, 1536, 20480))
                        .description("For the pipeline")
                        .route(List.of(E2B, LOCAL))
                        .templates(Map.of(LOCAL, "base", E2B, "our-template-1"))
                        .ttl(Duration.ofMinutes(90))
                        .maxTtl(Duration.ofDays(2))
                        .network(NetworkRules.ALLOW_ALL)
                        .env(Map.of("CI", "true", "EMPTY", "", "NUMBER", "017"))
                        .build());
        assertThat(config.profiles().defaultProfile()).isSameAs(ci);
        assertThat(config.profiles().all()).hasSize(8);
        assertThat(config.extension(E2B).enabled()).isFalse();
        assertThat(config.extension(LOCAL).enabled()).isTrue();
    }

    @Test
    void a_profile_names_credentials_and_never_holds_a_key() throws IOException {
        var profile = """
                profiles:
                  burst:
                    route: [ext.e2b]
                    templates: {ext.e2b: base}
                    cpu: 1
                    memory: 512MiB
                    disk: 1GiB
                    ttl: 5m
                    maxTtl: 1h
                    credentials: {%s}
                """;

        assertThat(file(profile.formatted("ext.e2b: ci-account"))
                        .config()
                        .profiles()
                        .get("burst")
                        .credentials())
                .isEqualTo(Map.of(E2B, "ci-account"));
        assertThatThrownBy(
                        () -> file(profile.formatted("ext.local: ci-account")).config())
                .hasMessageContaining("profiles.burst.credentials.ext.local: ext.local is not in the route");
        assertThatThrownBy(
                        () -> file(profile.formatted("ext.e2b: E2B_0123SECRET")).config())
                .hasMessageContaining("is not an id or name of a credential")
                .message()
                .doesNotContain("SECRET");
    }

    @Test
    void a_profile_of_the_file_replaces_the_built_in_one_as_a_whole() throws IOException {
        Profile base = file("""
                profiles:
                  base:
                    route: [ext.local]
                    templates: {ext.local: base}
                    cpu: 2
                    memory: 1GiB
                    disk: 1GiB
                    ttl: 5m
                    maxTtl: 5m
                """).config().profiles().defaultProfile();
        assertThat(base.description()).isEmpty();
        assertThat(base.network()).isEqualTo(NetworkRules.DENY_ALL);
        assertThat(base.size()).isEqualTo(new SandboxSize(2000, 1024, 1024));
    }

    @Test
    void anchors_and_aliases_work() throws IOException {
        Config config = file("""
                profiles:
                  one: &one
                    route: &route [ext.local]
                    templates: {ext.local: &template base}
                    cpu: 1
                    memory: &gib 1GiB
                    disk: *gib
                    ttl: 5m
                    maxTtl: 5m
                  two: *one
                  three:
                    {route: *route, templates: {ext.local: *template}, cpu: 1, memory: *gib, disk: *gib, ttl: 1m,
                     maxTtl: 5m}
                """).config();
        assertThat(config.profiles().get("two").size()).isEqualTo(new SandboxSize(1000, 1024, 1024));
        assertThat(config.profiles().get("three").route()).containsExactly(LOCAL);
    }

    @Test
    void the_example_in_the_documentation_is_valid() throws IOException {
        String docs = Files.readString(Path.of("../docs/profiles.md"));
        String example = docs.substring(docs.indexOf("```yaml\n") + 8, docs.indexOf("```\n\n"));
        assertThat(file(example).config().profiles().defaultProfile().name()).hasToString("profile.ci");
    }

    @Test
    void the_file_is_read_on_first_use_and_only_once() throws IOException {
        ConfigFile file = new ConfigFile(new Home(dir));
        Files.writeString(dir.resolve("config.yaml"), "defaultProfile: local-large\n");
        Config config = file.config();
        Files.writeString(dir.resolve("config.yaml"), "nonsense: 1\n");
        assertThat(file.config()).isSameAs(config);
        assertThat(config.profiles().defaultProfile().name()).hasToString("profile.local-large");
        assertThat(file.check(Installed.ANYTHING)).hasSize(1);
    }

    @Test
    void all_problems_are_in_one_failure() throws IOException {
        ConfigFile file = file("defaultProfile: profile.bsae\nprofile: {}\nextensions: [ext.local]\n");
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(file::config)
                .withMessage(String.join(
                        "\n  ",
                        file.path() + " has 3 problems:",
                        "config.yaml:1:17 defaultProfile: profile \"profile.bsae\" not found; did you mean profile.base?"
                                + " List all with: sandboxer profiles",
                        "config.yaml:2:1 profile: is not a known key; did you mean profiles?",
                        "config.yaml:3:13 extensions: is a list; expected keys with values"))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG));
    }

    @Test
    void very_many_problems_are_counted_rather_than_listed() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            text.append("zzz").append(i).append(": 1\n");
        }
        ConfigFile file = file(text.toString());
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(file::config)
                .withMessageContaining("has 1000 problems")
                .withMessageEndingWith("\n  and 950 more")
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(52));
    }

    private ConfigFile file(String text) throws IOException {
        Files.writeString(dir.resolve("config.yaml"), text);
        return new ConfigFile(new Home(dir));
    }
}
