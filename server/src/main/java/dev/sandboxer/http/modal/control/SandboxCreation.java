package dev.sandboxer.http.modal.control;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.http.modal.app.Apps;
import dev.sandboxer.http.modal.edge.Caller;
import dev.sandboxer.http.modal.edge.Generation;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.SandboxNotes;
import dev.sandboxer.http.modal.image.Images;
import dev.sandboxer.http.modal.router.CommandRouter;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.Wishes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.protocol.modal.ClientProto;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateV2Request;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTag;
import dev.sandboxer.protocol.modal.ClientProto.SecretSource;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes sandboxes. */
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
        var asked = new NewSandbox(definition, generation, Tags.read(tags));
        asked.check();
        var app = apps.get(caller.consumer(), appId);
        var start = images.start(caller.consumer(), app, definition.getImageId());
        var request = CreateSandbox.of(caller.consumer(), start.profile())
                .size(size(asked, start))
                .ttl(asked.timeout())
                .env(env(caller, start, definition, variables))
                .metadata(metadata(asked, app, start))
                .idempotencyKey(caller.idempotencyKey())
                .snapshot(start.snapshot())
                .wishes(wishes(asked, start))
                .build();
        try {
            return begun(sandboxes.create(request), asked, start);
        } catch (SandboxException e) {
            throw refused(e, asked);
        }
    }

    /** Begins the life of a new sandbox; all of this may happen twice, when a client asks again. */
    private Sandbox begun(Sandbox made, NewSandbox asked, Images.Start start) {
        if (made.state() != SandboxState.RUNNING) {
            return made; // asked for again, and it has ended since
        }
        try {
            preparation.prepare(made, workdir(asked, start), start.python());
            router.idle().begin(made);
            if (!asked.entrypoint().isEmpty()) {
                router.mains().start(made, asked.entrypoint(), asked.pty());
            }
            return made;
        } catch (RuntimeException e) {
            sandboxes.destroy(made);
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            sandboxes.destroy(made);
            throw Status.CANCELLED.withDescription("nobody waits any more").asRuntimeException();
        }
    }

    /** The image's variables, then those of secrets, then the definition's own, then those of the request. */
    private Map<String, String> env(
            Caller caller, Images.Start start, ClientProto.Sandbox definition, Map<String, String> variables) {
        var env = new TreeMap<>(start.env());
        env.putAll(secrets.variables(caller.consumer(), definition.getSecretIdsList()));
        env.putAll(definition.getEnvironmentVariables().getContentsMap());
        env.putAll(variables);
        Environment.check(env);
        return env;
    }

    private static Map<String, String> metadata(NewSandbox asked, Apps.App app, Images.Start start) {
        var all = new TreeMap<>(asked.tags());
        asked.note(all);
        all.put(SandboxNotes.APP, app.id());
        all.put(SandboxNotes.ENVIRONMENT, app.environment());
        all.put(SandboxNotes.IMAGE, asked.definition().getImageId());
        var workdir = workdir(asked, start);
        if (workdir != null) {
            all.put(SandboxNotes.WORKDIR, workdir);
        }
        return all;
    }

    private static @Nullable String workdir(NewSandbox asked, Images.Start start) {
        return asked.workdir() == null ? start.workdir() : asked.workdir();
    }

    /** Without its GPUs where a rehearsal pretends to have them; it has those that Modal has. */
    private SandboxSize size(NewSandbox asked, Images.Start start) {
        var size = asked.size().or(start.profile().size());
        var gpu = size.gpu();
        if (!pretendGpus || gpu == null) {
            return size;
        }
        if (!GpuTypes.isKnown(gpu)) {
            throw notValid(gpu);
        }
        return new SandboxSize(size.cpuMillis(), size.memoryMiB(), size.diskMiB());
    }

    private static RuntimeException notValid(Gpu gpu) {
        return ModalErrors.invalid("Not a valid GPU type: " + gpu.types().getFirst());
    }

    private static Wishes wishes(NewSandbox asked, Images.Start start) {
        var ports = asked.ports().stream().map(ClientProto.PortSpec::getPort).collect(Collectors.toSet());
        Set<Capability> requires = asked.idleTimeout().isPresent() ? Set.of(Capability.EXTEND) : Set.of();
        return new Wishes(start.image(), ports, asked.region(), asked.network(), requires, null);
    }

    /** Where nobody can have what was asked for by name, the name is what is wrong to Modal's clients. */
    private static RuntimeException refused(SandboxException e, NewSandbox asked) {
        if (e.code() == ErrorCode.NO_CANDIDATE && asked.region() != null) {
            return ModalErrors.invalid(
                    "no backend has the region " + ModalErrors.shown(asked.region()) + ": " + e.getMessage());
        }
        var gpu = asked.size().gpu();
        if (e.code() == ErrorCode.NO_CANDIDATE && gpu.isPresent() && !GpuTypes.isKnown(gpu.get())) {
            return notValid(gpu.get());
        }
        return e;
    }
}
