package dev.sandboxer.http.modal.control;

import com.google.protobuf.Empty;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.modal.app.Names;
import dev.sandboxer.http.modal.control.OwnedSandboxes.Owned;
import dev.sandboxer.http.modal.edge.Caller;
import dev.sandboxer.http.modal.edge.Generation;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.ModalIds;
import dev.sandboxer.http.modal.edge.ModalMetadata;
import dev.sandboxer.http.modal.edge.RouterTokens;
import dev.sandboxer.http.modal.tunnel.Tunnels;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.protocol.modal.ClientProto.CommandRouterAccess;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateV2Request;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateV2Response;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetCommandRouterAccessRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetCommandRouterAccessResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetFromNameRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetFromNameResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetResourceUsageRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetResourceUsageResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTaskIdRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTaskIdResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTunnelsRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTunnelsResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxListRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxListResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxSetNameRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxSetNameResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTagsGetRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTagsGetResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTagsSetRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTerminateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTerminateResponse;
import dev.sandboxer.protocol.modal.ClientProto.SandboxWaitRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxWaitResponse;
import dev.sandboxer.protocol.modal.ClientProto.TaskGetCommandRouterAccessRequest;
import dev.sandboxer.protocol.modal.ClientProto.TaskGetCommandRouterAccessResponse;
import io.grpc.Status;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The control-plane calls about sandboxes. */
final class SandboxCalls implements AutoCloseable {
    /** The longest time that a call waits. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(60);

    private final Sandboxes sandboxes;
    private final SandboxCreation creation;
    private final SandboxList list;
    private final SandboxWatch watch;
    private final OwnedSandboxes owned;
    private final RouterTokens tokens;
    private final ServerAddress address;
    private final TunnelAddresses tunnels;
    private final InstantSource clock;

    SandboxCalls(
            Sandboxes sandboxes,
            SandboxCreation creation,
            SandboxList list,
            RouterTokens tokens,
            ServerAddress address,
            Tunnels tunnels,
            InstantSource clock) {
        this.sandboxes = sandboxes;
        this.creation = creation;
        this.list = list;
        this.watch = new SandboxWatch(sandboxes);
        this.owned = new OwnedSandboxes(sandboxes);
        this.tokens = tokens;
        this.address = address;
        this.tunnels = new TunnelAddresses(tunnels, address.tunnelHost());
        this.clock = clock;
    }

    private Owned owned(String sandboxId) {
        return owned.sandbox(Caller.current().consumer(), sandboxId);
    }

    SandboxCreateResponse create(SandboxCreateRequest request) {
        var made = creation.create(Caller.current(), request);
        return SandboxCreateResponse.newBuilder()
                .setSandboxId(ModalIds.sandbox(made.id(), Generation.V1))
                .setMetadata(Results.metadata(made))
                .build();
    }

    SandboxCreateV2Response create(SandboxCreateV2Request request) {
        var caller = Caller.current();
        var made = creation.create(caller, request);
        return SandboxCreateV2Response.newBuilder()
                .setSandboxId(ModalIds.sandbox(made.id(), Generation.V2))
                .setTaskId(ModalIds.task(made.id(), Generation.V2))
                .setMetadata(Results.metadata(made))
                .setCommandRouterAccess(CommandRouterAccess.newBuilder()
                        .setJwt(tokens.issue(made.id()))
                        .setUrl(address.routerUrl(caller)))
                .build();
    }

    SandboxGetTaskIdResponse taskId(SandboxGetTaskIdRequest request) {
        var found = owned(request.getSandboxId());
        var answer = SandboxGetTaskIdResponse.newBuilder().setTaskId(found.taskId());
        Results.of(found.sandbox()).ifPresent(answer::setTaskResult);
        return answer.build();
    }

    /** Waits for the end of a sandbox. The answer has no result while the sandbox runs, because clients take any result as its end. */
    SandboxWaitResponse await(SandboxWaitRequest request) {
        var seen = owned(request.getSandboxId()).sandbox();
        var now = watch.awaitEnd(seen, timeout(request.getTimeout()));
        var answer = SandboxWaitResponse.newBuilder().setMetadata(Results.metadata(now));
        Results.of(now).ifPresent(answer::setResult);
        return answer.build();
    }

    private static Duration timeout(float seconds) {
        if (!(seconds > 0)) {
            return Duration.ZERO;
        }
        return seconds > MAX_WAIT.toSeconds() ? MAX_WAIT : Duration.ofMillis((long) (seconds * 1000));
    }

    SandboxTerminateResponse terminate(SandboxTerminateRequest request) {
        var seen = owned(request.getSandboxId()).sandbox();
        var answer = SandboxTerminateResponse.newBuilder();
        var before = Results.of(seen);
        if (before.isPresent()) {
            return answer.setExistingResult(before.get()).build();
        }
        sandboxes.hosts().requireHere("sandbox " + seen.id(), seen.host());
        sandboxes.destroy(seen);
        return answer.build();
    }

    SandboxGetTunnelsResponse tunnels(SandboxGetTunnelsRequest request) {
        return tunnels.of(owned(request.getSandboxId()).sandbox());
    }

    SandboxGetFromNameResponse fromName(SandboxGetFromNameRequest request, Generation generation) {
        var found = list.byName(Caller.current().consumer(), request, generation);
        return SandboxGetFromNameResponse.newBuilder()
                .setSandboxId(ModalIds.sandbox(found.id(), generation))
                .setMetadata(Results.metadata(found))
                .build();
    }

    SandboxListResponse list(SandboxListRequest request, @Nullable Generation only) {
        return SandboxListResponse.newBuilder()
                .addAllSandboxes(list.page(Caller.current().consumer(), request, only))
                .build();
    }

    Empty setTags(SandboxTagsSetRequest request) {
        var tags = Tags.read(request.getTagsList());
        sandboxes.relabel(
                owned(request.getSandboxId()).sandbox(),
                now -> ModalMetadata.of(now).withTags(tags));
        return Empty.getDefaultInstance();
    }

    SandboxTagsGetResponse tags(SandboxTagsGetRequest request) {
        var sandbox = owned(request.getSandboxId()).sandbox();
        return SandboxTagsGetResponse.newBuilder()
                .addAllTags(Tags.write(ModalMetadata.of(sandbox).tags()))
                .build();
    }

    SandboxSetNameResponse setName(SandboxSetNameRequest request) {
        var name = Names.check("sandbox", request.getName());
        try {
            sandboxes.relabel(owned(request.getSandboxId()).sandbox(), now -> withName(now, name));
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.SANDBOX_ENDED) {
                throw Status.FAILED_PRECONDITION.withDescription(e.getMessage()).asRuntimeException();
            }
            throw e;
        }
        return SandboxSetNameResponse.getDefaultInstance();
    }

    /** Returns the sandbox's metadata with a name, which can be set only once. */
    private static Map<String, String> withName(Sandbox sandbox, String name) {
        var metadata = ModalMetadata.of(sandbox);
        metadata.get(ModalMetadata.NAME).filter(now -> !now.equals(name)).ifPresent(now -> {
            throw Status.FAILED_PRECONDITION
                    .withDescription("the sandbox is already named '" + now + "'")
                    .asRuntimeException();
        });
        return metadata.with(ModalMetadata.NAME, name);
    }

    SandboxGetResourceUsageResponse usage(SandboxGetResourceUsageRequest request) {
        return Usage.of(owned(request.getSandboxId()).sandbox(), clock.instant());
    }

    TaskGetCommandRouterAccessResponse routerAccess(TaskGetCommandRouterAccessRequest request) {
        var caller = Caller.current();
        var found = requireStarted(owned.task(caller.consumer(), request.getTaskId()));
        return TaskGetCommandRouterAccessResponse.newBuilder()
                .setJwt(tokens.issue(found.id()))
                .setUrl(address.routerUrl(caller))
                .build();
    }

    SandboxGetCommandRouterAccessResponse routerAccess(SandboxGetCommandRouterAccessRequest request) {
        var caller = Caller.current();
        var found = switch (request.getTargetCase()) {
            case SANDBOX_ID -> owned.sandbox(caller.consumer(), request.getSandboxId());
            case TASK_ID -> owned.task(caller.consumer(), request.getTaskId());
            case TARGET_NOT_SET -> throw ModalErrors.invalid("set sandbox_id or task_id");
        };
        return SandboxGetCommandRouterAccessResponse.newBuilder()
                .setJwt(tokens.issue(requireStarted(found).id()))
                .setUrl(address.routerUrl(caller))
                .build();
    }

    /** Requires that a sandbox runs or has run. An ended sandbox is accepted, because the router keeps its output for a while. */
    private static Sandbox requireStarted(Owned found) {
        if (found.sandbox().state().ended() && found.sandbox().startedAt() == null) {
            throw Status.FAILED_PRECONDITION
                    .withDescription("the sandbox never ran")
                    .asRuntimeException();
        }
        return found.sandbox();
    }

    @Override
    public void close() {
        watch.close();
    }
}
