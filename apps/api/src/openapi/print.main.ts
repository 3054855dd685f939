import 'reflect-metadata';
import { describeApi } from './describe-api.js';

/** Prints the API's document; needs no configuration, database or port. */
process.stdout.write(JSON.stringify(await describeApi()));
