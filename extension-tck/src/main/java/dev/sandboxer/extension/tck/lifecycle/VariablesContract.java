package dev.sandboxer.extension.tck.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.Variables;
import dev.sandboxer.extension.tck.ExtensionContract;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.Requests;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The variables that a sandbox was made with. */
public abstract class VariablesContract extends ExtensionContract {
    /** For the subclass that tests an extension. */
    protected VariablesContract() {}

    @Override
    protected final Set<Capability> needs() {
        return Set.of(Capability.VARIABLES);
    }

    @Test
    void a_copy_can_be_given_the_variables_that_the_original_was_made_with() {
        var box = create();
        assertThat(variables().variables(box.sandbox().ref())).isEqualTo(Map.of(Requests.VARIABLE, "the sandbox"));
        destroy(box);
        Failures.failsWithoutEffect(
                Kind.GONE, () -> variables().variables(box.sandbox().ref()));
    }

    @Test
    void a_sandbox_that_was_made_without_any_has_none() {
        var box = create(Requests.with(request(), spec -> spec.env(Map.of())));
        assertThat(variables().variables(box.sandbox().ref())).isEmpty();
        destroy(box);
    }

    @Test
    void names_and_values_are_those_that_were_given_whatever_is_in_them() {
        var odd = Map.of("TCK_EMPTY", "", "TCK_LINES", "two\nlines ", "TCK_TEXT", "\u00e9 = 'quoted' $HOME \\");
        var box = create(Requests.with(request(), spec -> spec.env(odd)));
        assertThat(variables().variables(box.sandbox().ref())).isEqualTo(odd);
        destroy(box);
    }

    private Variables variables() {
        return (Variables) backend();
    }
}
