package dev.sandboxer.cli.setup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.capabilities.CapabilityRegistry;
import dev.sandboxer.capabilities.Evidence;
import dev.sandboxer.capabilities.RegisteredCapability;
import dev.sandboxer.capabilities.RegisteredCapability.Status;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Extension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The capability registry agrees with this tree. {@code scripts/evidence} checks that the evidence was run. */
class CapabilityEvidenceTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final List<RegisteredCapability> REGISTRY =
            CapabilityRegistry.builtIn().capabilities();
    private static final Set<String> FOR_BUILDERS = Set.of("ARCHITECTURE.md", "agent-protocol.md");
    private static final Pattern ID_IN_DOCS = Pattern.compile("\\[([A-F][1-9][0-9]?)]");

    @Test
    void each_named_test_exists_and_its_name_is_unique() throws IOException {
        for (RegisteredCapability capability : REGISTRY) {
            for (Evidence evidence : capability.evidence()) {
                assertThat(sources(evidence))
                        .as(capability.id() + " names " + evidence)
                        .hasSize(1);
            }
        }
    }

    private static List<Path> sources(Evidence evidence) throws IOException {
        if (evidence.module().equals("conformance")) {
            var file = ROOT.resolve("conformance/test/" + evidence.test() + ".test.mjs");
            return Files.exists(file) ? List.of(file) : List.of();
        }
        var tests = ROOT.resolve(evidence.module()).resolve("src/test/java");
        if (!Files.isDirectory(tests)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(tests)) {
            return files.filter(file -> file.endsWith(evidence.test() + ".java"))
                    .toList();
        }
    }

    @Test
    void extensions_declare_what_the_registry_says_of_them_and_nothing_else() {
        for (Extension extension : ServiceLoader.load(Extension.class)) {
            var registered = REGISTRY.stream()
                    .filter(capability -> capability.status() != Status.PLANNED)
                    .filter(capability -> capability.extensions().contains(extension.id()))
                    .flatMap(capability -> capability.declares().stream())
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(Capability.class)));

            assertThat(registered)
                    .as("what the registry knows of " + extension.id())
                    .containsAll(extension.capabilities());
            assertThat(REGISTRY)
                    .as("entries that name " + extension.id())
                    .anyMatch(capability -> capability.extensions().contains(extension.id()));
        }
    }

    @Test
    void each_declarable_capability_is_declared_by_an_extension_that_the_registry_names() {
        var extensions = ServiceLoader.load(Extension.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        for (RegisteredCapability capability : REGISTRY) {
            for (Capability declared : capability.declares()) {
                assertThat(extensions)
                        .as(capability.id() + " says that " + declared + " is declared")
                        .anyMatch(extension -> capability.extensions().contains(extension.id())
                                && extension.capabilities().contains(declared));
            }
        }
    }

    /** Each manual names the capabilities that it describes. Pages for developers of sand-boxer need not. */
    @Test
    void docs_name_only_existing_capabilities_and_each_manual_names_some() throws IOException {
        var ids = REGISTRY.stream()
                .filter(capability -> capability.status() != Status.PLANNED)
                .map(RegisteredCapability::id)
                .collect(Collectors.toSet());
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            for (Path page :
                    docs.filter(file -> file.toString().endsWith(".md")).toList()) {
                assertThat(claims(page)).as("what " + page + " claims").isSubsetOf(ids);
                if (page.getParent().endsWith("docs")
                        && !FOR_BUILDERS.contains(page.getFileName().toString())) {
                    assertThat(claims(page)).as("what " + page + " claims").isNotEmpty();
                }
            }
        }
        assertThat(claims(ROOT.resolve("README.md"))).isNotEmpty().isSubsetOf(ids);
    }

    private static Set<String> claims(Path page) throws IOException {
        return ID_IN_DOCS
                .matcher(Files.readString(page, UTF_8))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
