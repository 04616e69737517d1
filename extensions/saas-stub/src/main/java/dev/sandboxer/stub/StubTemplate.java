package dev.sandboxer.stub;

import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;

/**
 * A template as a profile names it: a template of {@code ext.local}, then optionally a semicolon and a plan for its
 * sandboxes, as in {@code base; create throttled times=1}.
 *
 * @param local the template of {@code ext.local}; empty for images
 * @param plan the plan; empty = no faults
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

    /** Returns the spec with the template of {@code ext.local}. */
    SandboxSpec localSpec(SandboxSpec spec) {
        return local.isBlank()
                ? spec
                : spec.toBuilder().source(new Source.Template(local)).build();
    }
}
