import { parentPort, threadId } from 'node:worker_threads';
import { type AnalysisResult, type AnalysisTask, runTask } from '../tasks/task.js';

parentPort?.postMessage({ kind: 'ready', threadId });

export default (task: AnalysisTask): Promise<AnalysisResult> => runTask(task);
