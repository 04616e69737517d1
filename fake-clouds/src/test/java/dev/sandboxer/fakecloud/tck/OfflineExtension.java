package dev.sandboxer.fakecloud.tck;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReport;
import dev.sandboxer.extension.Support;
import dev.sandboxer.extension.spec.SandboxSpec;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * An extension of a fake cloud, without the capabilities that this machine can't provide.
 *
 * @param without the missing capabilities
 */
public record OfflineExtension(Extension real, Set<Capability> without) implements Extension {
    @Override
    public ExtensionId id() {
        return real.id();
    }

    @Override
    public String description() {
        return real.description();
    }

    @Override
    public boolean metered() {
        return real.metered();
    }

    @Override
    public Set<Capability> capabilities() {
        var all = EnumSet.copyOf(real.capabilities());
        all.removeAll(without);
        return all;
    }

    @Override
    public List<CredentialField> credentialFields() {
        return real.credentialFields();
    }

    @Override
    public Set<String> templates() {
        return real.templates();
    }

    @Override
    public Support supports(SandboxSpec spec) {
        return Extension.super.supports(spec) instanceof Support.Unsupported no ? no : real.supports(spec);
    }

    @Override
    public HostReport checkHost(ExtensionContext context) {
        return real.checkHost(context);
    }

    @Override
    public Backend open(ExtensionContext context, Credential credential) {
        var backend = real.open(context, credential);
        return (Backend) Proxy.newProxyInstance(
                getClass().getClassLoader(), backend.getClass().getInterfaces(), (_, method, arguments) -> {
                    if (method.getName().equals("create")) {
                        supports(((CreateRequest) arguments[0]).spec()).require();
                    }
                    try {
                        return method.invoke(backend, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
