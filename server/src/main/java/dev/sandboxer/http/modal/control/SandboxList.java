package dev.sandboxer.http.modal.control;

import dev.sandboxer.http.modal.app.Apps;
import dev.sandboxer.http.modal.app.Environments;
import dev.sandboxer.http.modal.app.Names;
import dev.sandboxer.http.modal.edge.Generation;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.ModalIds;
import dev.sandboxer.http.modal.edge.ModalMetadata;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxQuery;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetFromNameRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxInfo;
import dev.sandboxer.protocol.modal.ClientProto.SandboxListRequest;
import dev.sandboxer.protocol.modal.ClientProto.TaskInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds sandboxes by their metadata. */
final class SandboxList {
    private static final int PAGE = 100;
    private static final Set<SandboxState> OPEN = EnumSet.of(SandboxState.RUNNING, SandboxState.PAUSED);
    private static final Set<SandboxState> EVER =
            EnumSet.of(SandboxState.RUNNING, SandboxState.PAUSED, SandboxState.STOPPING, SandboxState.STOPPED);

    private final Sandboxes sandboxes;
    private final Apps apps;

    SandboxList(Sandboxes sandboxes, Apps apps) {
        this.sandboxes = sandboxes;
        this.apps = apps;
    }

    /**
     * Returns one page, newest first. Clients request the next page by the start time of the last sandbox on this page, so a page never
     * ends between two sandboxes of the same millisecond.
     *
     * @param only the generation to list; null = both
     */
    List<SandboxInfo> page(String consumer, SandboxListRequest request, @Nullable Generation only) {
        var wanted = new TreeMap<String, String>(Tags.read(request.getTagsList()));
        if (request.getAppId().isEmpty()) {
            wanted.put(ModalMetadata.ENVIRONMENT, Environments.name(request.getEnvironmentName()));
        } else {
            wanted.put(ModalMetadata.APP, apps.get(consumer, request.getAppId()).id());
        }
        if (only != null) {
            wanted.put(ModalMetadata.GENERATION, only.name());
        }
        var states = request.getIncludeFinished() ? EVER : OPEN;
        var found = new ArrayList<>(query(consumer, states, wanted, before(request.getBeforeTimestamp()), PAGE));
        while (found.size() >= PAGE) {
            var last = SandboxQuery.Cursor.of(found.getLast());
            var more = query(consumer, states, wanted, last, 1);
            if (more.isEmpty() || SandboxQuery.Cursor.of(more.getFirst()).atMs() != last.atMs()) {
                break;
            }
            found.addAll(more);
        }
        return found.stream().map(SandboxList::info).toList();
    }

    private List<Sandbox> query(
            String consumer,
            Set<SandboxState> states,
            Map<String, String> wanted,
            SandboxQuery.@Nullable Cursor after,
            int limit) {
        return sandboxes.list(new SandboxQuery(consumer, states, wanted, null, null, true, after, limit));
    }

    /** Returns the position after all sandboxes of that millisecond, which were on the previous page; null = the first page. */
    private static SandboxQuery.@Nullable Cursor before(double seconds) {
        if (seconds == 0) {
            return null;
        }
        if (!Double.isFinite(seconds) || seconds < 0 || seconds > 1e11) {
            throw ModalErrors.invalid("before_timestamp is not a valid time");
        }
        return new SandboxQuery.Cursor(Math.round(seconds * 1000) - 1, "");
    }

    private static SandboxInfo info(Sandbox sandbox) {
        var metadata = ModalMetadata.of(sandbox);
        var id = ModalIds.sandbox(sandbox.id(), metadata.generation());
        var info = SandboxInfo.newBuilder()
                .setId(id)
                .setCreatedAt(seconds(sandbox.startedAt()))
                .setAppId(metadata.get(ModalMetadata.APP).orElse(""))
                .addAllTags(Tags.write(metadata.tags()))
                .setName(metadata.get(ModalMetadata.NAME).orElse(""))
                .setImageId(metadata.get(ModalMetadata.IMAGE).orElse(""))
                .setTimeoutSecs(number(metadata, ModalMetadata.TIMEOUT))
                .setReadyAt(seconds(sandbox.startedAt()))
                .setTaskInfo(task(sandbox, id, metadata.generation()))
                .setMetadata(Results.metadata(sandbox));
        if (metadata.get(ModalMetadata.IDLE).isPresent()) {
            info.setIdleTimeoutSecs(number(metadata, ModalMetadata.IDLE));
        }
        if (sandbox.placement().region() != null) {
            info.addRegions(sandbox.placement().region());
        }
        return info.build();
    }

    private static int number(ModalMetadata metadata, String name) {
        return metadata.get(name)
                .filter(text -> text.matches("[0-9]{1,9}"))
                .map(Integer::parseInt)
                .orElse(0);
    }

    private static TaskInfo task(Sandbox sandbox, String id, Generation generation) {
        var task = TaskInfo.newBuilder()
                .setId(ModalIds.task(sandbox.id(), generation))
                .setSandboxId(id)
                .setEnqueuedAt(seconds(sandbox.createdAt()))
                .setStartedAt(seconds(sandbox.startedAt()))
                .setFinishedAt(seconds(sandbox.endedAt()));
        Results.of(sandbox).ifPresent(task::setResult);
        return task.build();
    }

    private static double seconds(@Nullable Instant at) {
        return at == null ? 0 : at.toEpochMilli() / 1000.0;
    }

    /** Returns the sandbox with a name in an app: the live one, else the newest ended one if the request includes ended sandboxes. */
    Sandbox byName(String consumer, SandboxGetFromNameRequest request, Generation generation) {
        var name = Names.check("sandbox", request.getSandboxName());
        var app = apps.find(consumer, Environments.name(request.getEnvironmentName()), request.getAppName());
        if (app.isPresent()) {
            var wanted = Map.of(
                    ModalMetadata.APP, app.get().id(),
                    ModalMetadata.NAME, name,
                    ModalMetadata.GENERATION, generation.name());
            var found = query(consumer, OPEN, wanted, null, 1);
            if (found.isEmpty() && request.getIncludeTerminated()) {
                found = query(consumer, EVER, wanted, null, 1);
            }
            if (!found.isEmpty()) {
                return found.getFirst();
            }
        }
        throw ModalErrors.notFound(
                "Sandbox with name '" + name + "' not found in App " + ModalErrors.shown(request.getAppName()));
    }
}
