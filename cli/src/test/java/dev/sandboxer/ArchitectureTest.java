package dev.sandboxer;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The dependencies that the design's section "Layout" allows, and which code may use SQL, clocks and threads. */
class ArchitectureTest {
    private static final String ROOT = "dev.sandboxer";
    private static final String SDK = "dev.sandboxer.extension..";
    private static final String SUPPORT = "dev.sandboxer.extension.support..";
    private static final String STUB = "dev.sandboxer.stub..";
    private static final String[] EXTENSIONS = {
        "dev.sandboxer.local..", "dev.sandboxer.e2b..", "dev.sandboxer.modal..", STUB
    };
    private static final String[] FRONT_ENDS = {
        "dev.sandboxer.http..", "dev.sandboxer.server..", "dev.sandboxer.fakecloud..", "dev.sandboxer.cli.."
    };
    private static final String[] PROTOCOLS = {"dev.sandboxer.connect..", "dev.sandboxer.protocol.."};
    private static final String[] FOUNDATIONS = {
        "dev.sandboxer.store..", "dev.sandboxer.observe..", "dev.sandboxer.error.."
    };

    /** Classes that may use SQL: those that store rows, and the store itself. */
    private static final Pattern SPEAKS_SQL = Pattern.compile(
            "\\w+Store|\\w+Row|\\w+Database|\\w+Schema|\\w+Failures|Database|Migrations|SingleConnection|PreparedStatements|LeasedJobs");

    /** Calls that read the real clock, wait or start a thread. */
    private static final Pattern REAL_TIME_OR_THREAD = Pattern.compile(String.join(
            "|",
            "java\\.time\\.\\w+\\.now\\(.*",
            "java\\.time\\.(Clock|InstantSource)\\.(system|tick)\\w*\\(.*",
            "java\\.lang\\.System\\.(currentTimeMillis|nanoTime)\\(.*",
            "java\\.lang\\.Thread\\.(<init>|sleep|startVirtualThread|ofVirtual|ofPlatform)\\(.*",
            "java\\.util\\.(Date|Timer)\\.<init>\\(.*",
            "java\\.util\\.concurrent\\.(Executors|ForkJoinPool|ThreadPoolExecutor)\\..*",
            "java\\.util\\.concurrent\\.CompletableFuture\\.\\w*(Async|delayedExecutor)\\(.*",
            "java\\.util\\.concurrent\\.TimeUnit\\.sleep\\(.*"));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .withImportOption(location -> !location.contains("/dev/sandboxer/extension/"))
            .importPackages(ROOT);

    private static final JavaClasses SUPPORT_CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("dev.sandboxer.extension.support");

    @Test
    void the_rules_see_main_classes_and_no_tests() {
        assertThat(packages()).contains(ROOT, ROOT + ".store", ROOT + ".lifecycle", ROOT + ".routing");
        assertThat(packages()).contains(ROOT + ".local", ROOT + ".e2b", ROOT + ".stub");
        assertThat(CLASSES).extracting(JavaClass::getSimpleName).doesNotContain("ArchitectureTest", "FakeCloud");
    }

    @Test
    void nothing_else_depends_on_the_front_ends() {
        check(noClasses()
                .that(resideOutsideOfPackages(FRONT_ENDS))
                .should()
                .dependOnClassesThat(resideInAnyPackage(FRONT_ENDS)));
    }

    /** Only serving commands have the server's jars on their class path. Main may choose the server's log. */
    @Test
    void commands_that_do_not_serve_know_no_server() {
        check(noClasses()
                .that(resideInAnyPackage("dev.sandboxer.cli.."))
                .and(resideOutsideOfPackages("dev.sandboxer.cli.serve.."))
                .and()
                .doNotHaveSimpleName("Main")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "dev.sandboxer.server..", "dev.sandboxer.http..", "dev.sandboxer.fakecloud..")));
    }

    @Test
    void foundations_know_no_feature() {
        check(noClasses()
                .that(resideInAnyPackage(FOUNDATIONS))
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.sandboxer..")
                        .and(resideOutsideOfPackages(
                                "dev.sandboxer.store..", "dev.sandboxer.observe..", "dev.sandboxer.error..", SDK))));
    }

    @Test
    void nothing_outside_depends_on_an_extension() {
        check(noClasses()
                .that(resideOutsideOfPackages(EXTENSIONS))
                .should()
                .dependOnClassesThat(resideInAnyPackage(EXTENSIONS)));
    }

    @Test
    void extensions_know_the_sdk_and_protocols_and_nothing_of_ours_above() {
        check(noClasses()
                .that(resideInAnyPackage(EXTENSIONS))
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.sandboxer..")
                        .and(resideOutsideOfPackages(EXTENSIONS))
                        .and(resideOutsideOfPackages(PROTOCOLS))
                        .and(resideOutsideOfPackages(SDK))));
    }

    @Test
    void extensions_do_not_know_each_other() {
        for (String extension : EXTENSIONS) {
            check(noClasses()
                    .that(resideInAPackage(extension))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(EXTENSIONS)
                            .and(resideOutsideOfPackages(extension))
                            .and(not(isAllowedFor(extension)))));
        }
    }

    /** Matches the only class of another extension that an extension may use: the stub starts {@code ext.local} to run its sandboxes. */
    private static DescribedPredicate<JavaClass> isAllowedFor(String extension) {
        return match(
                "are what the stub may know",
                type -> extension.equals(STUB) && type.getFullName().equals(ROOT + ".local.LocalExtension"));
    }

    @Test
    void only_extensions_use_extension_support() {
        check(noClasses()
                .that(resideOutsideOfPackages(EXTENSIONS))
                .should()
                .dependOnClassesThat(resideInAnyPackage(SUPPORT)));
    }

    @Test
    void extension_support_depends_only_on_the_sdk() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        SUPPORT,
                        "dev.sandboxer.extension",
                        "dev.sandboxer.extension.feature",
                        "dev.sandboxer.extension.session",
                        "dev.sandboxer.extension.spec",
                        "java..",
                        "org.jspecify.annotations")
                .check(SUPPORT_CLASSES);
    }

    @Test
    void protocols_know_nothing_else_of_ours() {
        check(noClasses()
                .that(resideInAnyPackage(PROTOCOLS))
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.sandboxer..").and(resideOutsideOfPackages(PROTOCOLS))));
    }

    @Test
    void only_the_two_sides_of_e2bs_protocol_see_its_messages() {
        check(noClasses()
                .that(resideOutsideOfPackages(PROTOCOLS))
                .and(resideOutsideOfPackages("dev.sandboxer.e2b..", "dev.sandboxer.http.e2b.envd.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.sandboxer.protocol.e2b..")));
    }

    @Test
    void only_the_two_sides_of_modals_protocol_see_its_messages_and_grpc() {
        check(noClasses()
                .that(resideOutsideOfPackages(PROTOCOLS))
                .and(resideOutsideOfPackages(
                        "dev.sandboxer.modal..", "dev.sandboxer.http.modal..", "dev.sandboxer.fakecloud.modal.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.grpc..", "dev.sandboxer.protocol.modal..")));
    }

    @Test
    void only_protocol_code_uses_protobuf() {
        check(noClasses()
                .that(resideOutsideOfPackages(PROTOCOLS))
                .and(resideOutsideOfPackages("dev.sandboxer.e2b..", "dev.sandboxer.http.e2b.envd.."))
                .and(resideOutsideOfPackages(
                        "dev.sandboxer.modal..", "dev.sandboxer.http.modal..", "dev.sandboxer.fakecloud.modal.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage("com.google.protobuf..")));
    }

    @Test
    void payments_and_hubs_know_neither_routing_nor_lifecycle() {
        check(noClasses()
                .that(resideInAnyPackage("dev.sandboxer.payments..", "dev.sandboxer.hubs.."))
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.sandboxer.routing..", "dev.sandboxer.lifecycle..")));
    }

    @Test
    void packages_have_no_cycles() {
        slices().matching("dev.sandboxer.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void only_stores_and_rows_see_sql() {
        check(noClasses()
                .that(match(
                        "have other names than " + SPEAKS_SQL,
                        type -> !SPEAKS_SQL
                                .matcher(outermost(type).getSimpleName())
                                .matches()))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "java.sql..",
                        "javax.sql..",
                        "org.sqlite..",
                        "org.flywaydb..",
                        "org.postgresql..",
                        "com.zaxxer..",
                        "com.github.kagkarlsson..")));
    }

    /** Other classes may only pass a transaction's handle on. */
    @Test
    void only_stores_and_rows_use_the_handle_of_a_transaction() {
        check(noClasses()
                .that(match(
                        "have other names than " + SPEAKS_SQL,
                        type -> !SPEAKS_SQL
                                .matcher(outermost(type).getSimpleName())
                                .matches()))
                .should()
                .accessTargetWhere(access("a method of Jdbi", target -> target.startsWith("org.jdbi."))));
    }

    /** Transitions also write ledger entries, meter windows and events. */
    @Test
    void only_transitions_write_sandboxes() {
        check(noClasses()
                .that(match("are not Transitions", type -> !type.getSimpleName().equals("Transitions")))
                .should()
                .accessTargetWhere(access(
                        "a method of SandboxStore that writes",
                        target -> target.matches(
                                ROOT + "\\.lifecycle\\.state\\.SandboxStore\\.(insert|update|releaseKey)\\(.*"))));
    }

    @Test
    void only_observe_reads_the_clock_sleeps_or_starts_threads() {
        check(noClasses()
                .that(resideOutsideOfPackages("dev.sandboxer.observe.."))
                .and(resideOutsideOfPackages(EXTENSIONS))
                .and(resideOutsideOfPackages("dev.sandboxer.cli..")) // a command lives as long as its process
                .should()
                .accessTargetWhere(access(
                        "the real time or a new thread",
                        target -> REAL_TIME_OR_THREAD.matcher(target).matches())));
    }

    @Test
    void every_package_is_null_marked() {
        var unmarked = packages();
        for (JavaClass type : CLASSES) {
            if (type.getSimpleName().equals("package-info") && type.isAnnotatedWith(NullMarked.class)) {
                unmarked.remove(type.getPackageName());
            }
        }
        assertThat(unmarked).as("packages without @NullMarked").isEmpty();
    }

    @Test
    void the_composition_root_stands_alone() {
        check(classes()
                .that()
                .resideInAPackage(ROOT)
                .and()
                .doNotHaveSimpleName("package-info")
                .should()
                .haveFullyQualifiedName(ROOT + ".Sandboxer"));
    }

    @Test
    void no_class_has_a_generic_name() {
        check(noClasses()
                .should()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl"));
    }

    private static void check(ArchRule rule) {
        // a rule may match no class
        rule.allowEmptyShould(true).check(CLASSES);
    }

    private static Set<String> packages() {
        var packages = new TreeSet<String>();
        CLASSES.forEach(type -> packages.add(type.getPackageName()));
        return packages;
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
    }

    private static DescribedPredicate<JavaClass> match(String description, Predicate<JavaClass> predicate) {
        return DescribedPredicate.describe(description, predicate);
    }

    private static DescribedPredicate<JavaAccess<?>> access(String description, Predicate<String> target) {
        return DescribedPredicate.describe(
                "is to " + description, access -> target.test(access.getTarget().getFullName()));
    }
}
