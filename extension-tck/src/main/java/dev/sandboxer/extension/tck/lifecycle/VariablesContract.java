package dev.sandboxer.extension.tck.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.Variables;
import dev.sandboxer.extension.tck.ExtensionContract;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.Requests;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Contract for reading the environment variables that a sandbox was created with. */
public abstract class VariablesContract extends ExtensionContract {
    /** Called by the subclass that tests an extension. */
    protected VariablesContract() {}

    @Override
    protected final Set<Capability> needs() {
        return Set.of(Capability.VARIABLES);
    }

    @Test
    void the_variables_of_the_creation_are_returned_until_the_sandbox_ends() {
        var box = create();
        assertThat(variables().variables(box.sandbox().ref())).isEqualTo(Map.of(Requests.VARIABLE, "the sandbox"));
        destroy(box);
        Failures.failsWithoutEffect(
                Kind.GONE, () -> variables().variables(box.sandbox().ref()));
    }

    @Test
    void a_sandbox_created_without_variables_has_none() {
        var box = create(Requests.with(request(), spec -> spec.env(Map.of())));
        assertThat(variables().variables(box.sandbox().ref())).isEmpty();
        destroy(box);
    }

    @Test
    void names_and_values_are_returned_unchanged() {
        var odd = Map.of("TCK_EMPTY", "", "TCK_LINES", "two\nlines ", "TCK_TEXT", "\u00e9 = 'quoted' $HOME \\");
        var box = create(Requests.with(request(), spec -> spec.env(odd)));
        assertThat(variables().variables(box.sandbox().ref())).isEqualTo(odd);
        destroy(box);
    }

    private Variables variables() {
        return (Variables) backend();
    }
}
