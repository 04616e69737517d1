package dev.sandboxer.stub;

import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;

/**
 * What a profile names: a template of {@code ext.local}, and after a semicolon a plan for what is made of it, as in {@code base;
 * create throttled times=1}.
 *
 * @param local in the words of {@code ext.local}
 * @param plan empty = nothing goes wrong
 */
record StubTemplate(String local, String plan) {
    static StubTemplate of(SandboxSpec spec) {
        if (!(spec.source() instanceof Source.Template(var name))) {
            return new StubTemplate("", "");
        }
        var divider = name.indexOf(';');
        return divider < 0
                ? new StubTemplate(name, "")
                : new StubTemplate(
                        name.substring(0, divider).strip(),
                        name.substring(divider + 1).strip());
    }

    /** The spec as {@code ext.local} understands it. */
    SandboxSpec localSpec(SandboxSpec spec) {
        return local.isBlank()
                ? spec
                : spec.toBuilder().source(new Source.Template(local)).build();
    }
}
