package dev.sandboxer.e2b;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.sandboxer.e2b");

    @Test
    void the_adapter_knows_only_the_contract_and_the_protocol() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.sandboxer.e2b..",
                        "dev.sandboxer.protocol.e2b",
                        "dev.sandboxer.extension..",
                        "dev.sandboxer.connect",
                        "com.google.protobuf",
                        "tools.jackson..",
                        "java..",
                        "javax.net.ssl",
                        "org.jspecify.annotations")
                .check(CLASSES);
    }

    @Test
    void the_root_package_exposes_only_the_extension() {
        noClasses()
                .that()
                .resideInAPackage("dev.sandboxer.e2b")
                .and()
                .areTopLevelClasses()
                .and()
                .doNotHaveSimpleName("E2bExtension")
                .should()
                .bePublic()
                .check(CLASSES);
    }

    /** Types that these packages share have to be public in Java; this keeps other modules away from them. */
    @Test
    void each_package_uses_only_those_below_it() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.sandboxer..")
                .layer("root")
                .definedBy("dev.sandboxer.e2b")
                .layer("envd")
                .definedBy("dev.sandboxer.e2b.envd")
                .layer("control")
                .definedBy("dev.sandboxer.e2b.control")
                .layer("http")
                .definedBy("dev.sandboxer.e2b.http")
                .whereLayer("root")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("envd")
                .mayOnlyBeAccessedByLayers("root")
                .whereLayer("control")
                .mayOnlyBeAccessedByLayers("root", "envd")
                .whereLayer("http")
                .mayOnlyBeAccessedByLayers("root", "envd", "control")
                .ensureAllClassesAreContainedInArchitecture()
                .check(CLASSES);
    }
}
