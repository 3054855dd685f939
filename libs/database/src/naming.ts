import { DefaultNamingStrategy, type NamingStrategyInterface } from 'typeorm';

/** camelCase members, snake_case columns. */
export class SnakeCaseNaming extends DefaultNamingStrategy implements NamingStrategyInterface {
  override columnName(property: string, custom: string | undefined): string {
    return custom ?? property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  }
}
