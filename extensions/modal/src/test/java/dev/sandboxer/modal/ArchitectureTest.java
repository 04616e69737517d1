package dev.sandboxer.modal;

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
            .importPackages("dev.sandboxer.modal");

    @Test
    void the_adapter_knows_only_the_contract_and_the_protocol() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.sandboxer.modal..",
                        "dev.sandboxer.protocol.modal",
                        "dev.sandboxer.extension..",
                        "com.google.protobuf",
                        "io.grpc..",
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
                .resideInAPackage("dev.sandboxer.modal")
                .and()
                .areTopLevelClasses()
                .and()
                .doNotHaveSimpleName("ModalExtension")
                .should()
                .bePublic()
                .check(CLASSES);
    }

    @Test
    void each_package_uses_only_those_below_it() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.sandboxer..")
                .layer("root")
                .definedBy("dev.sandboxer.modal")
                .layer("router")
                .definedBy("dev.sandboxer.modal.router")
                .layer("control")
                .definedBy("dev.sandboxer.modal.control")
                .layer("rpc")
                .definedBy("dev.sandboxer.modal.rpc")
                .whereLayer("root")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("router")
                .mayOnlyBeAccessedByLayers("root")
                .whereLayer("control")
                .mayOnlyBeAccessedByLayers("root", "router")
                .ensureAllClassesAreContainedInArchitecture()
                .check(CLASSES);
    }
}
