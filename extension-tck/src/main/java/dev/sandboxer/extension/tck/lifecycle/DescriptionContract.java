package dev.sandboxer.extension.tck.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.HostReport;
import dev.sandboxer.extension.HostReport.Level;
import dev.sandboxer.extension.feature.Accounting;
import dev.sandboxer.extension.feature.HttpPassage;
import dev.sandboxer.extension.feature.Measuring;
import dev.sandboxer.extension.feature.NetworkCounting;
import dev.sandboxer.extension.feature.NetworkUpdating;
import dev.sandboxer.extension.feature.PackageFetching;
import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.feature.Snapshotting;
import dev.sandboxer.extension.feature.Variables;
import dev.sandboxer.extension.spec.Enforcement;
import dev.sandboxer.extension.spec.NetworkRuleKind;
import dev.sandboxer.extension.tck.ExtensionContract;
import dev.sandboxer.extension.tck.Failures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contract for the extension's description, host report and credential check. Most tests create no sandbox. */
public abstract class DescriptionContract extends ExtensionContract {
    /** Called by the subclass that tests an extension. */
    protected DescriptionContract() {}

    private static final Map<Capability, Class<?>> INTERFACES = Map.of(
            Capability.ACCOUNTING, Accounting.class,
            Capability.PAUSE, Pausing.class,
            Capability.METRICS, Measuring.class,
            Capability.NETWORK_UPDATE, NetworkUpdating.class,
            Capability.NETWORK_BYTES, NetworkCounting.class,
            Capability.PACKAGES, PackageFetching.class,
            Capability.SNAPSHOT, Snapshotting.class,
            Capability.VARIABLES, Variables.class,
            Capability.HTTP_PASSAGE, HttpPassage.class);

    @Test
    void is_found_by_the_service_loader_under_its_id() {
        assertThat(ServiceLoader.load(Extension.class))
                .anySatisfy(
                        found -> assertThat(found.id()).isEqualTo(extension().id()));
    }

    @Test
    void describes_itself_in_one_line() {
        assertThat(extension().description()).isNotBlank().doesNotContain("\n");
    }

    @Test
    void names_each_credential_field_once_and_describes_it() {
        var fields = extension().credentialFields();
        assertThat(fields).extracting(CredentialField::name).doesNotHaveDuplicates();
        assertThat(fields).allSatisfy(field -> {
            assertThat(field.name()).isNotBlank();
            assertThat(field.description()).isNotBlank().doesNotContain("\n");
        });
    }

    @Test
    void environment_variables_of_credential_fields_are_valid_and_distinct() {
        var variables = extension().credentialFields().stream()
                .map(CredentialField::environment)
                .filter(Objects::nonNull)
                .toList();
        assertThat(variables).doesNotHaveDuplicates().allMatch(name -> name.matches("[A-Z][A-Z0-9_]*"));
    }

    @Test
    void a_missing_field_is_named_without_repeating_a_secret() {
        extension().credentialFields().stream()
                .filter(CredentialField::required)
                .forEach(field -> {
                    var fields = new HashMap<>(fixture().credential().fields());
                    fields.remove(field.name());
                    assertThatThrownBy(() -> openAndClose(new Credential(fields)))
                            .hasMessageContaining(field.name())
                            .satisfies(this::showsNoSecret);
                });
    }

    @Test
    void a_secret_with_a_line_break_is_refused_without_being_used_or_repeated() {
        extension().credentialFields().stream().filter(CredentialField::secret).forEach(field -> {
            var fields = new HashMap<>(fixture().credential().fields());
            fields.computeIfPresent(field.name(), (_, value) -> value + "\r\nX-Injected: 1");
            if (!fields.equals(fixture().credential().fields())) {
                Failures.failsWithoutEffect(Kind.CREDENTIAL, () -> openAndClose(new Credential(fields)));
                assertThatThrownBy(() -> openAndClose(new Credential(fields))).satisfies(this::showsNoSecret);
            }
        });
    }

    private void showsNoSecret(Throwable failure) {
        assertThat(secrets(fixture().credential()))
                .allSatisfy(secret -> assertThat(failure).message().doesNotContain(secret));
    }

    @Test
    void a_list_of_templates_contains_the_fixtures_template() {
        if (!extension().templates().isEmpty()) {
            assertThat(extension().templates()).contains(fixture().template());
        }
    }

    @Test
    void the_backend_implements_exactly_the_interfaces_of_its_capabilities() {
        var expected = new HashSet<Class<?>>(Set.of(Backend.class));
        INTERFACES.forEach((capability, type) -> {
            if (extension().capabilities().contains(capability)) {
                expected.add(type);
            }
        });
        assertThat(contractInterfaces(backend().getClass())).isEqualTo(expected);
    }

    @Test
    void network_enforcement_agrees_with_the_capabilities() {
        var enforcement = extension().networkEnforcement();
        assertThat(enforces(NetworkRuleKind.ALL))
                .isEqualTo(extension().capabilities().contains(Capability.NETWORK_DENY));
        assertThat(enforcement.get(NetworkRuleKind.ALL)).isIn(null, Enforcement.NONE, Enforcement.ADDRESS);
        assertThat(enforcement.get(NetworkRuleKind.CIDR)).isIn(null, Enforcement.NONE, Enforcement.ADDRESS);
        if (enforces(NetworkRuleKind.CIDR) || enforces(NetworkRuleKind.DOMAIN)) {
            assertThat(extension().capabilities()).contains(Capability.NETWORK_DENY, Capability.NETWORK_ALLOW);
        }
    }

    private boolean enforces(NetworkRuleKind kind) {
        return extension().networkEnforcement().getOrDefault(kind, Enforcement.NONE) != Enforcement.NONE;
    }

    @Test
    void the_host_report_has_a_remedy_for_everything_missing() {
        var report = extension().checkHost(fixture().context());
        assertThat(report.usable()).as(report.toString()).isTrue();
        assertThat(report.findings()).allSatisfy(DescriptionContract::isHelpful);
    }

    @Test
    void checking_the_host_makes_no_directory(@TempDir Path parent) {
        var directory = parent.resolve("of-the-extension");
        extension().checkHost(contextIn(directory));
        assertThat(directory).doesNotExist();
    }

    @Test
    void checking_an_unsuitable_host_returns_findings_and_does_not_throw(@TempDir Path parent) throws IOException {
        var file = Files.writeString(parent.resolve("file"), "in the way");
        var report = extension().checkHost(contextIn(file.resolve("directory")));
        assertThat(report.findings()).allSatisfy(DescriptionContract::isHelpful);
        assertThat(file).hasContent("in the way");
    }

    @Test
    void accepts_the_credential() {
        assertThatCode(() -> backend().check()).doesNotThrowAnyException();
    }

    @Test
    void a_credential_without_a_required_field_cannot_be_opened() {
        extension().credentialFields().stream()
                .filter(CredentialField::required)
                .forEach(field -> {
                    var fields = new HashMap<>(fixture().credential().fields());
                    fields.remove(field.name());
                    Failures.failsWithoutEffect(Kind.CREDENTIAL, () -> openAndClose(new Credential(fields)));
                });
    }

    @Test
    void check_fails_for_a_refused_credential_without_repeating_the_secret() {
        var refused = fixture().refusedCredential();
        if (refused.isEmpty()) {
            skip(extension().id() + " has no credential that could be refused");
        }
        var credential = refused.orElseThrow();
        try (var open = extension().open(fixture().context(), credential)) {
            Failures.fails(Kind.CREDENTIAL, open::check);
            assertThatThrownBy(open::check)
                    .message()
                    .doesNotContain(secrets(credential).toList());
        }
    }

    private Stream<String> secrets(Credential credential) {
        return extension().credentialFields().stream()
                .filter(CredentialField::secret)
                .map(field -> credential.fields().getOrDefault(field.name(), ""))
                .filter(value -> !value.isEmpty());
    }

    private void openAndClose(Credential credential) {
        extension().open(fixture().context(), credential).close();
    }

    private ExtensionContext contextIn(Path directory) {
        var context = fixture().context();
        return new ExtensionContext(
                context.installation(), directory, context.clock(), context.reserve(), context.packages());
    }

    private static void isHelpful(HostReport.Finding finding) {
        assertThat(finding.subject()).isNotBlank();
        assertThat(finding.text()).isNotBlank();
        if (finding.level() == Level.MISSING) {
            assertThat(finding.remedy()).as(finding.toString()).isNotBlank();
        }
    }

    private static Set<Class<?>> contractInterfaces(Class<?> type) {
        return Stream.<Class<?>>iterate(type, c -> c != null, Class::getSuperclass)
                .flatMap(c -> Arrays.stream(c.getInterfaces()))
                .flatMap(i -> Stream.concat(Stream.of(i), contractInterfaces(i).stream()))
                .filter(i -> i == Backend.class || INTERFACES.containsValue(i))
                .collect(Collectors.toSet());
    }
}
