import type { SubscriptionInfo } from '@eventstore/db-client/generated/persistent_pb.js';
import type { Group } from './group.js';
import type { EventLog } from './log.js';
import { persistent } from './wire.js';

/** What the server tells about a persistent subscription. */
export function subscriptionInfo(group: Group, log: EventLog): SubscriptionInfo {
  const { settings } = group;
  const place = (at: number): string => (group.source === '$all' ? `C:${at}/P:${at}` : String(at));
  const info = new persistent.SubscriptionInfo();
  info.setEventSource(group.source);
  info.setGroupName(group.name);
  info.setStatus('Live');
  info.setStartFrom(place(settings.startFrom));
  info.setMessageTimeoutMilliseconds(settings.messageTimeoutMs);
  info.setMaxRetryCount(settings.maxRetryCount);
  info.setCheckPointAfterMilliseconds(settings.checkpointAfterMs);
  info.setMinCheckPointCount(settings.minCheckpointCount);
  info.setMaxCheckPointCount(settings.maxCheckpointCount);
  info.setMaxSubscriberCount(settings.maxSubscriberCount);
  info.setLiveBufferSize(settings.liveBufferSize);
  info.setReadBatchSize(settings.readBatchSize);
  info.setBufferSize(settings.historyBufferSize);
  info.setResolveLinkTos(settings.resolveLinks);
  info.setNamedConsumerStrategy('RoundRobin');
  info.setLastCheckpointedEventPosition(group.lastCheckpoint < 0 ? '' : place(group.lastCheckpoint));
  info.setLastKnownEventPosition(place(log.all.at(-1)?.position ?? 0));
  info.setTotalInFlightMessages(group.inFlight);
  info.setOutstandingMessagesCount(group.inFlight);
  info.setParkedMessageCount(String(group.parked.length));
  info.setTotalItems('0');
  info.setCountSinceLastMeasurement('0');
  info.setLiveBufferCount('0');
  return info;
}
