package dev.sandboxer.bench;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReport;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A candidate of routes whose backend only remembers sandboxes, so that only the decision takes time. */
public abstract class IdleExtension implements Extension {
    private final ExtensionId id;
    private final boolean keyed;

    IdleExtension(String name, boolean keyed) {
        this.id = new ExtensionId("ext.idle-" + name);
        this.keyed = keyed;
    }

    /** Returns the environment variable with the platform's key. */
    String variable() {
        return "BENCH_" + id.value().substring("ext.".length()).replace('-', '_').toUpperCase(Locale.ROOT);
    }

    @Override
    public ExtensionId id() {
        return id;
    }

    @Override
    public String description() {
        return "remembers sandboxes and runs none";
    }

    @Override
    public boolean metered() {
        return keyed;
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(Capability.EXTEND, Capability.SIZE, Capability.NETWORK_DENY);
    }

    @Override
    public List<CredentialField> credentialFields() {
        return keyed ? List.of(new CredentialField("key", "its key", true, true, variable())) : List.of();
    }

    @Override
    public Set<String> templates() {
        return Set.of("base");
    }

    @Override
    public HostReport checkHost(ExtensionContext context) {
        return new HostReport(List.of());
    }

    @Override
    public Backend open(ExtensionContext context, Credential credential) {
        return new IdleBackend();
    }

    public static final class A extends IdleExtension {
        public A() {
            super("a", true);
        }
    }

    public static final class B extends IdleExtension {
        public B() {
            super("b", true);
        }
    }

    public static final class C extends IdleExtension {
        public C() {
            super("c", true);
        }
    }

    public static final class D extends IdleExtension {
        public D() {
            super("d", true);
        }
    }

    public static final class E extends IdleExtension {
        public E() {
            super("e", true);
        }
    }

    public static final class F extends IdleExtension {
        public F() {
            super("f", true);
        }
    }

    public static final class G extends IdleExtension {
        public G() {
            super("g", true);
        }
    }

    public static final class H extends IdleExtension {
        public H() {
            super("h", true);
        }
    }

    public static final class I extends IdleExtension {
        public I() {
            super("i", false);
        }
    }

    public static final class J extends IdleExtension {
        public J() {
            super("j", false);
        }
    }
}
