package dev.sandboxer.fakecloud.tck.modal;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.tck.ExtensionFixture;
import dev.sandboxer.fakecloud.modal.TokenPair;
import dev.sandboxer.fakecloud.tck.OfflineExtension;
import dev.sandboxer.modal.ModalExtension;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/**
 * {@code ext.modal} with an account at a {@code FakeModal} server. The server is a second installation, which runs the sandboxes on this
 * machine.
 */
final class ModalFixture implements ExtensionFixture {
    private final ModalCloud cloud;
    private final String template;

    ModalFixture() {
        this(ModalCloud.start());
    }

    ModalFixture(ModalCloud cloud) {
        this.cloud = cloud;
        this.template = cloud.build();
    }

    @Override
    public Extension extension() {
        return new OfflineExtension(new ModalExtension(), Set.of(Capability.NETWORK_ALLOW, Capability.REGION));
    }

    @Override
    public ExtensionContext context() {
        return new ExtensionContext("tck", cloud.home().resolve("modal"), InstantSource.system());
    }

    @Override
    public Credential credential() {
        return cloud.credential();
    }

    @Override
    public Optional<Credential> refusedCredential() {
        return Optional.of(cloud.credential(new TokenPair("ak-wrong", "as-0123456789abcdef")));
    }

    @Override
    public String template() {
        return template;
    }

    @Override
    public String imageReference() {
        return ModalCloud.IMAGE;
    }

    /** Commands run as root, as at Modal. */
    @Override
    public String user() {
        return "root";
    }

    @Override
    public String home() {
        return "/root";
    }

    /** Keeps the disk of {@link #size()}, because Modal has only disks of one size. */
    @Override
    public SandboxSize smallSize() {
        return new SandboxSize(500, 256, 512);
    }

    /** Output that nobody reads is kept, as by Modal's routers. */
    @Override
    public boolean buffersUnreadOutput() {
        return true;
    }

    @Override
    public void close() {
        cloud.close();
    }
}
