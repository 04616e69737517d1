package dev.sandboxer.e2b;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

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
                        "dev.sandboxer.e2b",
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
    void nobody_else_sees_more_of_it_than_the_extension() {
        noClasses()
                .that()
                .areTopLevelClasses()
                .and()
                .doNotHaveSimpleName("E2bExtension")
                .should()
                .bePublic()
                .check(CLASSES);
    }
}
