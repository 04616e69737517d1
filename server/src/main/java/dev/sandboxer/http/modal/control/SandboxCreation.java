package dev.sandboxer.http.modal.control;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.http.modal.app.Apps;
import dev.sandboxer.http.modal.edge.Caller;
import dev.sandboxer.http.modal.edge.Generation;
import dev.sandboxer.http.modal.edge.InterruptibleCall;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.ModalMetadata;
import dev.sandboxer.http.modal.image.Images;
import dev.sandboxer.http.modal.router.CommandRouter;
import dev.sandboxer.lifecycle.BackendOptions;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.terms.Terms;
import dev.sandboxer.protocol.modal.ClientProto;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateV2Request;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTag;
import dev.sandboxer.protocol.modal.ClientProto.SecretSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Creates the sandboxes that clients request. */
final class SandboxCreation {
    private final Sandboxes sandboxes;
    private final Preparation preparation;
    private final Apps apps;
    private final Images images;
    private final Secrets secrets;
    private final CommandRouter router;
    private final boolean pretendGpus;

    SandboxCreation(
            Sandboxes sandboxes, Apps apps, Images images, Secrets secrets, CommandRouter router, boolean pretendGpus) {
        this.sandboxes = sandboxes;
        this.preparation = new Preparation(sandboxes);
        this.apps = apps;
        this.images = images;
        this.secrets = secrets;
        this.router = router;
        this.pretendGpus = pretendGpus;
    }

    Sandbox create(Caller caller, SandboxCreateRequest request) {
        return create(
                caller, Generation.V1, request.getAppId(), request.getDefinition(), request.getTagsList(), Map.of());
    }

    Sandbox create(Caller caller, SandboxCreateV2Request request) {
        if (!request.getUnknownFields().asMap().isEmpty()) {
            throw ModalErrors.unimplemented("not supported by this server: cloud bucket mounts; copy files in");
        }
        var variables = new TreeMap<>(request.getEphemeralSecrets().getContentsMap());
        for (SecretSource source : request.getSecretSourcesList()) {
            if (source.hasSecretId()) {
                variables.putAll(secrets.variables(caller.consumer(), List.of(source.getSecretId())));
            }
            variables.putAll(source.getEnv().getContentsMap());
        }
        return create(
                caller, Generation.V2, request.getAppId(), request.getDefinition(), request.getTagsList(), variables);
    }

    private Sandbox create(
            Caller caller,
            Generation generation,
            String appId,
            ClientProto.Sandbox definition,
            List<SandboxTag> tags,
            Map<String, String> variables) {
        var requested = new RequestedSandbox(definition, generation, Tags.read(tags));
        requested.check();
        var app = apps.get(caller.consumer(), appId);
        var start = images.start(caller.consumer(), app, definition.getImageId());
        var request = CreateSandbox.of(caller.consumer(), start.profile())
                .size(size(requested, start))
                .ttl(requested.timeout())
                .env(env(caller, start, definition, variables))
                .metadata(metadata(requested, app, start))
                .idempotencyKey(caller.idempotencyKey())
                .snapshot(start.snapshot())
                .terms(Terms.DEFAULT.withIdleTimeout(requested.idleTimeout().orElse(null)))
                .backendOptions(backendOptions(requested, start))
                .build();
        try {
            return begin(sandboxes.create(request), requested, start);
        } catch (SandboxException e) {
            throw refused(e, requested);
        }
    }

    /** Prepares a new sandbox and starts its main process. May run twice for one sandbox, when a client repeats its call. */
    private Sandbox begin(Sandbox made, RequestedSandbox requested, Images.Start start) {
        if (made.state() != SandboxState.RUNNING) {
            return made; // a repeated call, and the sandbox has ended since
        }
        try {
            preparation.prepare(made, workdir(requested, start), start.python());
            router.idleTimeouts().begin(made);
            if (!requested.entrypoint().isEmpty()) {
                router.mainProcesses().start(made, requested.entrypoint(), requested.pty());
            }
            return made;
        } catch (RuntimeException e) {
            sandboxes.destroy(made);
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            sandboxes.destroy(made);
            throw InterruptibleCall.clientHasLeft();
        }
    }

    /** Merges the variables of the image, the secrets, the definition and the request; later ones win. */
    private Map<String, String> env(
            Caller caller, Images.Start start, ClientProto.Sandbox definition, Map<String, String> variables) {
        var env = new TreeMap<>(start.env());
        env.putAll(secrets.variables(caller.consumer(), definition.getSecretIdsList()));
        env.putAll(definition.getEnvironmentVariables().getContentsMap());
        env.putAll(variables);
        EnvironmentVariables.check(env);
        return env;
    }

    private static Map<String, String> metadata(RequestedSandbox requested, Apps.App app, Images.Start start) {
        var all = new TreeMap<>(requested.tags());
        requested.addTo(all);
        all.put(ModalMetadata.APP, app.id());
        all.put(ModalMetadata.ENVIRONMENT, app.environment());
        all.put(ModalMetadata.IMAGE, requested.definition().getImageId());
        var workdir = workdir(requested, start);
        if (workdir != null) {
            all.put(ModalMetadata.WORKDIR, workdir);
        }
        return all;
    }

    private static @Nullable String workdir(RequestedSandbox requested, Images.Start start) {
        return requested.workdir() == null ? start.workdir() : requested.workdir();
    }

    /** Returns the size to create. A fake Modal accepts the GPU types of Modal, and creates the sandbox without GPUs. */
    private SandboxSize size(RequestedSandbox requested, Images.Start start) {
        var size = requested.size().withDefaults(start.profile().size());
        var gpu = size.gpu();
        if (!pretendGpus || gpu == null) {
            return size;
        }
        if (!GpuTypes.isKnown(gpu)) {
            throw invalidGpu(gpu);
        }
        return new SandboxSize(size.cpuMillis(), size.memoryMiB(), size.diskMiB());
    }

    private static RuntimeException invalidGpu(Gpu gpu) {
        return ModalErrors.invalid("Not a valid GPU type: " + gpu.types().getFirst());
    }

    private static BackendOptions backendOptions(RequestedSandbox requested, Images.Start start) {
        var ports =
                requested.ports().stream().map(ClientProto.PortSpec::getPort).collect(Collectors.toSet());
        return new BackendOptions(start.image(), ports, requested.region(), requested.network(), Set.of(), null);
    }

    /** Reports a region or GPU type that no backend has as an invalid argument, as Modal does. */
    private static RuntimeException refused(SandboxException e, RequestedSandbox requested) {
        if (e.code() == ErrorCode.NO_CANDIDATE && requested.region() != null) {
            return ModalErrors.invalid(
                    "no backend has the region " + ModalErrors.shown(requested.region()) + ": " + e.getMessage());
        }
        var gpu = requested.size().gpu();
        if (e.code() == ErrorCode.NO_CANDIDATE && gpu.isPresent() && !GpuTypes.isKnown(gpu.get())) {
            return invalidGpu(gpu.get());
        }
        return e;
    }
}
