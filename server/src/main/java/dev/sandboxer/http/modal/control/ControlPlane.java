package dev.sandboxer.http.modal.control;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.http.modal.app.Apps;
import dev.sandboxer.http.modal.edge.AuthTokens;
import dev.sandboxer.http.modal.edge.RouterTokens;
import dev.sandboxer.http.modal.image.ImageSources;
import dev.sandboxer.http.modal.image.ImageTags;
import dev.sandboxer.http.modal.image.Images;
import dev.sandboxer.http.modal.router.CommandRouter;
import dev.sandboxer.http.modal.tunnel.Tunnels;
import java.net.URI;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Modal's control plane, put together. */
public final class ControlPlane {
    private final ControlService service;

    /**
     * Puts it together.
     *
     * @param router where commands run
     * @param host of this server, for clients on this machine
     * @param port of this server; asked once it listens
     * @param advertised where clients elsewhere reach it; null = they don't
     * @param tunnels into sandboxes
     * @param pretendGpus see {@code ModalOptions}
     */
    public ControlPlane(
            Sandboxer installation,
            Secrets secrets,
            CommandRouter router,
            AuthTokens authTokens,
            RouterTokens routerTokens,
            String host,
            Supplier<Integer> port,
            @Nullable URI advertised,
            Tunnels tunnels,
            boolean pretendGpus) {
        var sandboxes = installation.sandboxes();
        var objects = installation.objects();
        var apps = new Apps(objects);
        var sources = new ImageSources(installation.consumerProfiles(), installation.extensions());
        var images = new Images(objects, sources, sandboxes.snapshots(), router.images(), apps);
        var calls = new SandboxCalls(
                sandboxes,
                new SandboxCreation(sandboxes, apps, images, secrets, router, pretendGpus),
                new SandboxList(sandboxes, apps),
                routerTokens,
                new RouterAddress(advertised, host, port),
                new TunnelAddresses(tunnels, advertised == null ? host : advertised.getHost()),
                installation.clock());
        this.service = new ControlService(
                authTokens,
                apps,
                images,
                new ImageTags(objects, images),
                secrets,
                calls,
                new TaskCalls(sandboxes, router));
    }

    public ControlService service() {
        return service;
    }
}
