package dev.sandboxer.modal;

import dev.sandboxer.protocol.modal.ClientProto.*;
import dev.sandboxer.protocol.modal.ModalClientGrpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The control plane of {@link ScriptedModal}: keeps sandboxes in memory, and ends them on request. */
final class ScriptedControl extends ModalClientGrpc.ModalClientImplBase {
    private static final int PAGE = 2;

    /** A sandbox as it was requested. */
    record Made(String id, String name, Sandbox definition, List<SandboxTag> tags, double createdAt) {}

    final Map<String, Made> running = new LinkedHashMap<>();
    final Map<String, GenericResult> ended = new ConcurrentHashMap<>();
    /** GPU types that are never available. */
    final Set<String> scarce = ConcurrentHashMap.newKeySet();
    /** The answers to each stream of a build; empty = every image is built already. */
    final Queue<List<ImageJoinStreamingResponse>> build = new ArrayDeque<>();

    final Map<Integer, Integer> tunnels = new ConcurrentHashMap<>();
    Duration tokenLife = Duration.ofHours(1);
    String routerUrl = "";
    private int made;

    static String jwt(Instant expiry) {
        var encoder = Base64.getEncoder();
        var payload = "{\"exp\":" + expiry.getEpochSecond() + "}";
        return "e30." + encoder.encodeToString(payload.getBytes()) + ".sig";
    }

    private static <T> void answer(StreamObserver<T> observer, T message) {
        observer.onNext(message);
        observer.onCompleted();
    }

    @Override
    public void authTokenGet(AuthTokenGetRequest request, StreamObserver<AuthTokenGetResponse> observer) {
        answer(
                observer,
                AuthTokenGetResponse.newBuilder()
                        .setToken(jwt(Instant.now().plus(tokenLife)))
                        .build());
    }

    @Override
    public void environmentGetOrCreate(
            EnvironmentGetOrCreateRequest request, StreamObserver<EnvironmentGetOrCreateResponse> observer) {
        var settings = EnvironmentSettings.newBuilder().setImageBuilderVersion("2025.06");
        answer(
                observer,
                EnvironmentGetOrCreateResponse.newBuilder()
                        .setEnvironmentId("en-1")
                        .setMetadata(EnvironmentMetadata.newBuilder().setSettings(settings))
                        .build());
    }

    @Override
    public void appGetOrCreate(AppGetOrCreateRequest request, StreamObserver<AppGetOrCreateResponse> observer) {
        answer(
                observer,
                AppGetOrCreateResponse.newBuilder()
                        .setAppId("ap-" + request.getAppName())
                        .build());
    }

    @Override
    public void secretGetOrCreate(
            SecretGetOrCreateRequest request, StreamObserver<SecretGetOrCreateResponse> observer) {
        answer(
                observer,
                SecretGetOrCreateResponse.newBuilder().setSecretId("st-1").build());
    }

    @Override
    public void imageGetOrCreate(ImageGetOrCreateRequest request, StreamObserver<ImageGetOrCreateResponse> observer) {
        var status = build.isEmpty() ? GenericResult.Status.SUCCESS : GenericResult.Status.UNSPECIFIED;
        answer(
                observer,
                ImageGetOrCreateResponse.newBuilder()
                        .setImageId("im-1")
                        .setResult(GenericResult.newBuilder().setStatus(status))
                        .build());
    }

    @Override
    public void imageJoinStreaming(
            ImageJoinStreamingRequest request, StreamObserver<ImageJoinStreamingResponse> observer) {
        build.remove().forEach(observer::onNext);
        observer.onCompleted();
    }

    @Override
    public synchronized void sandboxCreate(
            SandboxCreateRequest request, StreamObserver<SandboxCreateResponse> observer) {
        make(
                "sb-%018dV1aa",
                request.getDefinition(),
                request.getTagsList(),
                observer,
                id -> answer(
                        observer,
                        SandboxCreateResponse.newBuilder().setSandboxId(id).build()));
    }

    @Override
    public synchronized void sandboxCreateV2(
            SandboxCreateV2Request request, StreamObserver<SandboxCreateV2Response> observer) {
        make(
                "sb-%024dV2",
                request.getDefinition(),
                request.getTagsList(),
                observer,
                id -> answer(
                        observer,
                        SandboxCreateV2Response.newBuilder()
                                .setSandboxId(id)
                                .setTaskId("ta-" + id)
                                .setCommandRouterAccess(CommandRouterAccess.newBuilder()
                                        .setJwt(token())
                                        .setUrl(routerUrl))
                                .build()));
    }

    private void make(
            String form,
            Sandbox definition,
            List<SandboxTag> tags,
            StreamObserver<?> observer,
            java.util.function.Consumer<String> then) {
        if (running.values().stream().anyMatch(it -> it.name().equals(definition.getName()))) {
            observer.onError(Status.ALREADY_EXISTS
                    .withDescription("the name already exists")
                    .asRuntimeException());
            return;
        }
        var id = form.formatted(++made);
        running.put(id, new Made(id, definition.getName(), definition, tags, made));
        then.accept(id);
    }

    /** Adds a sandbox that somebody else created. */
    synchronized String foreign(String name, SandboxTag... tags) {
        var id = "sb-%024dV2".formatted(++made);
        running.put(id, new Made(id, name, Sandbox.getDefaultInstance(), List.of(tags), made));
        return id;
    }

    synchronized void end(String id, GenericResult.Status status, int exitCode) {
        running.remove(id);
        ended.put(
                id,
                GenericResult.newBuilder()
                        .setStatus(status)
                        .setExitcode(exitCode)
                        .build());
        notifyAll();
    }

    synchronized List<Made> running() {
        return List.copyOf(running.values());
    }

    private String token() {
        return jwt(Instant.now().plus(tokenLife));
    }

    private synchronized Made find(String id) {
        var found = running.get(id);
        if (found == null) {
            throw new StatusRuntimeException(Status.NOT_FOUND.withDescription("no sandbox " + id));
        }
        return found;
    }

    private <T> void answer(String id, StreamObserver<T> observer, java.util.function.Function<Made, T> message) {
        try {
            answer(observer, message.apply(find(id)));
        } catch (StatusRuntimeException e) {
            observer.onError(e);
        }
    }

    @Override
    public void sandboxGetTaskId(SandboxGetTaskIdRequest request, StreamObserver<SandboxGetTaskIdResponse> observer) {
        answer(request.getSandboxId(), observer, it -> {
            var waits = scarce.contains(
                    it.definition().getResources().getGpuConfig().getGpuType());
            var message = SandboxGetTaskIdResponse.newBuilder();
            return (waits ? message : message.setTaskId("ta-" + it.id())).build();
        });
    }

    @Override
    public void sandboxGetTaskIdV2(SandboxGetTaskIdRequest request, StreamObserver<SandboxGetTaskIdResponse> observer) {
        sandboxGetTaskId(request, observer);
    }

    @Override
    public synchronized void sandboxWait(SandboxWaitRequest request, StreamObserver<SandboxWaitResponse> observer) {
        var message = SandboxWaitResponse.newBuilder();
        awaitEnd(request.getSandboxId(), request.getTimeout());
        var result = ended.get(request.getSandboxId());
        if (result != null) {
            message.setResult(result);
        } else if (!running.containsKey(request.getSandboxId())) {
            observer.onError(Status.NOT_FOUND.asRuntimeException());
            return;
        }
        answer(observer, message.build());
    }

    private synchronized void awaitEnd(String id, float seconds) {
        var giveUpAt = System.nanoTime() + (long) (seconds * 1e9);
        try {
            for (var left = giveUpAt - System.nanoTime();
                    left > 0 && running.containsKey(id);
                    left = giveUpAt - System.nanoTime()) {
                wait(Math.ceilDiv(left, 1_000_000));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server is closing
        }
    }

    @Override
    public void sandboxWaitV2(SandboxWaitRequest request, StreamObserver<SandboxWaitResponse> observer) {
        sandboxWait(request, observer);
    }

    @Override
    public void sandboxTerminate(SandboxTerminateRequest request, StreamObserver<SandboxTerminateResponse> observer) {
        end(request.getSandboxId(), GenericResult.Status.TERMINATED, 0);
        answer(observer, SandboxTerminateResponse.getDefaultInstance());
    }

    @Override
    public void sandboxTerminateV2(SandboxTerminateRequest request, StreamObserver<SandboxTerminateResponse> observer) {
        sandboxTerminate(request, observer);
    }

    @Override
    public void sandboxTagsGetV2(SandboxTagsGetRequest request, StreamObserver<SandboxTagsGetResponse> observer) {
        answer(
                request.getSandboxId(),
                observer,
                it -> SandboxTagsGetResponse.newBuilder().addAllTags(it.tags()).build());
    }

    @Override
    public void sandboxTagsGet(SandboxTagsGetRequest request, StreamObserver<SandboxTagsGetResponse> observer) {
        sandboxTagsGetV2(request, observer);
    }

    /** Newest first, a few at a time. */
    @Override
    public synchronized void sandboxListV2(SandboxListRequest request, StreamObserver<SandboxListResponse> observer) {
        var before = request.getBeforeTimestamp() == 0 ? Double.MAX_VALUE : request.getBeforeTimestamp();
        var found = new ArrayList<>(running.values());
        var message = SandboxListResponse.newBuilder();
        found.reversed().stream()
                .filter(it -> it.createdAt() < before && it.tags().containsAll(request.getTagsList()))
                .limit(PAGE)
                .forEach(it -> message.addSandboxes(SandboxInfo.newBuilder()
                        .setId(it.id())
                        .setName(it.name())
                        .setCreatedAt(it.createdAt())
                        .addAllTags(it.tags())));
        answer(observer, message.build());
    }

    @Override
    public void sandboxGetTunnelsV2(
            SandboxGetTunnelsRequest request, StreamObserver<SandboxGetTunnelsResponse> observer) {
        var message = SandboxGetTunnelsResponse.newBuilder();
        tunnels.forEach((inside, outside) -> message.addTunnels(TunnelData.newBuilder()
                .setContainerPort(inside)
                .setUnencryptedHost("127.0.0.1")
                .setUnencryptedPort(outside)));
        answer(observer, message.build());
    }

    @Override
    public void sandboxGetResourceUsage(
            SandboxGetResourceUsageRequest request, StreamObserver<SandboxGetResourceUsageResponse> observer) {
        answer(
                request.getSandboxId(),
                observer,
                _ -> SandboxGetResourceUsageResponse.newBuilder()
                        .setCpuCoreNanosecs(1_500_000_000L)
                        .setMemGibNanosecs(750_000_000L)
                        .setGpuNanosecs(3_000_000_000L)
                        .setGpuType("H100")
                        .build());
    }

    @Override
    public void workspaceBillingRates(
            WorkspaceBillingRatesRequest request, StreamObserver<WorkspaceBillingRatesResponse> observer) {
        answer(
                observer,
                WorkspaceBillingRatesResponse.newBuilder()
                        .putRates("cpu", "0.1419")
                        .build());
    }

    @Override
    public void taskGetCommandRouterAccess(
            TaskGetCommandRouterAccessRequest request, StreamObserver<TaskGetCommandRouterAccessResponse> observer) {
        answer(
                observer,
                TaskGetCommandRouterAccessResponse.newBuilder()
                        .setJwt(token())
                        .setUrl(routerUrl)
                        .build());
    }

    @Override
    public void sandboxGetCommandRouterAccess(
            SandboxGetCommandRouterAccessRequest request,
            StreamObserver<SandboxGetCommandRouterAccessResponse> observer) {
        answer(
                request.getSandboxId(),
                observer,
                _ -> SandboxGetCommandRouterAccessResponse.newBuilder()
                        .setJwt(token())
                        .setUrl(routerUrl)
                        .build());
    }
}
